import type { OutputPlugin } from '../plugin.ts'
import { csv } from './csv.ts'
import { elasticsearch, opensearch } from './elasticsearch/elasticsearch.ts'
import { email } from './email.ts'
import { file } from './file.ts'
import { http } from './http.ts'
import { jdbc } from './jdbc.ts'
import { kafka } from './kafka.ts'
import { mqtt } from './mqtt.ts'
import { nullOutput } from './null.ts'
import { pipeline } from './pipeline.ts'
import { rabbitmq } from './rabbitmq.ts'
import { redis } from './redis.ts'
import { s3 } from './s3.ts'
import { stdout } from './stdout.ts'
import { syslog } from './syslog.ts'
import { tcp } from './tcp.ts'
import { udp } from './udp.ts'

/** Every output plug-in. */
export const outputs: readonly OutputPlugin[] = [
  csv,
  elasticsearch,
  email,
  file,
  http,
  jdbc,
  kafka,
  mqtt,
  nullOutput,
  opensearch,
  pipeline,
  rabbitmq,
  redis,
  s3,
  stdout,
  syslog,
  tcp,
  udp,
]
