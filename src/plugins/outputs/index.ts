import type { OutputPlugin } from '../plugin.ts'
import { azureLoganalytics } from './azure-loganalytics.ts'
import { csv } from './csv.ts'
import { amazonEs, elasticsearch, opensearch } from './elasticsearch/elasticsearch.ts'
import { email } from './email.ts'
import { exec } from './exec.ts'
import { file } from './file.ts'
import { gelf } from './gelf.ts'
import { graphite } from './graphite.ts'
import { http } from './http.ts'
import { influxdb } from './influxdb.ts'
import { jdbc } from './jdbc.ts'
import { kafka } from './kafka.ts'
import { logentries } from './logentries.ts'
import { logstash } from './logstash.ts'
import { loki } from './loki.ts'
import { lumberjack } from './lumberjack.ts'
import { mongodb } from './mongodb.ts'
import { mqtt } from './mqtt.ts'
import { newrelic } from './newrelic.ts'
import { nullOutput } from './null.ts'
import { pipe } from './pipe.ts'
import { pipeline } from './pipeline.ts'
import { rabbitmq } from './rabbitmq.ts'
import { redis } from './redis.ts'
import { s3 } from './s3.ts'
import { sqs } from './sqs.ts'
import { statsd } from './statsd.ts'
import { stdout } from './stdout.ts'
import { syslog } from './syslog.ts'
import { tcp } from './tcp.ts'
import { udp } from './udp.ts'

/** Every output plug-in. */
export const outputs: readonly OutputPlugin[] = [
  amazonEs,
  azureLoganalytics,
  csv,
  elasticsearch,
  email,
  exec,
  file,
  gelf,
  graphite,
  http,
  influxdb,
  jdbc,
  kafka,
  logentries,
  logstash,
  loki,
  lumberjack,
  mongodb,
  mqtt,
  newrelic,
  nullOutput,
  opensearch,
  pipe,
  pipeline,
  rabbitmq,
  redis,
  s3,
  sqs,
  statsd,
  stdout,
  syslog,
  tcp,
  udp,
]
