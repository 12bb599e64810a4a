import type { InputPlugin } from '../plugin.ts'
import { azureEventHubs } from './azure-event-hubs.ts'
import { beats, elasticAgent, lumberjack } from './beats.ts'
import { cloudwatchLogs } from './cloudwatch-logs.ts'
import { coap } from './coap.ts'
import { deadLetterQueue } from './dead-letter-queue.ts'
import { elasticsearch } from './elasticsearch.ts'
import { exec } from './exec.ts'
import { file } from './file.ts'
import { gelf } from './gelf.ts'
import { generator } from './generator.ts'
import { graphite } from './graphite.ts'
import { heartbeat } from './heartbeat.ts'
import { http } from './http.ts'
import { httpPoller } from './http-poller.ts'
import { jdbc } from './jdbc.ts'
import { kafka } from './kafka.ts'
import { logstash } from './logstash.ts'
import { modbus } from './modbus/modbus.ts'
import { mqtt } from './mqtt.ts'
import { opcua } from './opcua.ts'
import { otlp } from './otlp.ts'
import { pipe } from './pipe.ts'
import { pipeline } from './pipeline.ts'
import { prometheus } from './prometheus.ts'
import { rabbitmq } from './rabbitmq.ts'
import { redis } from './redis.ts'
import { rss } from './rss.ts'
import { s3 } from './s3.ts'
import { serial } from './serial.ts'
import { snmp } from './snmp/snmp.ts'
import { snmptrap } from './snmptrap.ts'
import { sqs } from './sqs.ts'
import { stdin } from './stdin.ts'
import { syslog } from './syslog.ts'
import { tcp } from './tcp.ts'
import { udp } from './udp.ts'
import { unix } from './unix.ts'

/** Every input plug-in. */
export const inputs: readonly InputPlugin[] = [
  azureEventHubs,
  beats,
  cloudwatchLogs,
  coap,
  deadLetterQueue,
  elasticAgent,
  elasticsearch,
  exec,
  file,
  gelf,
  generator,
  graphite,
  heartbeat,
  http,
  httpPoller,
  jdbc,
  kafka,
  logstash,
  lumberjack,
  modbus,
  mqtt,
  opcua,
  otlp,
  pipe,
  pipeline,
  prometheus,
  rabbitmq,
  redis,
  rss,
  s3,
  serial,
  snmp,
  snmptrap,
  sqs,
  stdin,
  syslog,
  tcp,
  udp,
  unix,
]
