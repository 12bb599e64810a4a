import type { CodecPlugin } from '../plugin.ts'
import { avro } from './avro.ts'
import { cbor } from './cbor.ts'
import { cef } from './cef.ts'
import { cloudfront } from './cloudfront.ts'
import { cloudtrail } from './cloudtrail.ts'
import { collectd } from './collectd.ts'
import { csv } from './csv.ts'
import { delta } from './delta.ts'
import { dots } from './dots.ts'
import { edn, ednLines } from './edn.ts'
import { esBulk } from './es-bulk.ts'
import { fluent } from './fluent.ts'
import { graphite } from './graphite.ts'
import { gzipLines } from './gzip-lines.ts'
import { json, jsonLines } from './json.ts'
import { msgpack } from './msgpack.ts'
import { multiline } from './multiline.ts'
import { netflow } from './netflow.ts'
import { line, plain } from './plain.ts'
import { protobuf } from './protobuf.ts'
import { rubydebug } from './rubydebug.ts'
import { sflow } from './sflow.ts'
import { sparkplug } from './sparkplug.ts'

/** Every codec plug-in. */
export const codecs: readonly CodecPlugin[] = [
  avro,
  cbor,
  cef,
  cloudfront,
  cloudtrail,
  collectd,
  csv,
  delta,
  dots,
  edn,
  ednLines,
  esBulk,
  fluent,
  graphite,
  gzipLines,
  json,
  jsonLines,
  line,
  msgpack,
  multiline,
  netflow,
  plain,
  protobuf,
  rubydebug,
  sflow,
  sparkplug,
]
