import type { CodecPlugin } from '../plugin.ts'
import { cef } from './cef.ts'
import { csv } from './csv.ts'
import { dots } from './dots.ts'
import { esBulk } from './es-bulk.ts'
import { json, jsonLines } from './json.ts'
import { msgpack } from './msgpack.ts'
import { multiline } from './multiline.ts'
import { line, plain } from './plain.ts'
import { rubydebug } from './rubydebug.ts'

/** Every codec plug-in. */
export const codecs: readonly CodecPlugin[] = [
  cef,
  csv,
  dots,
  esBulk,
  json,
  jsonLines,
  line,
  msgpack,
  multiline,
  plain,
  rubydebug,
]
