import type { CodecPlugin } from '../plugin.ts'
import { dots } from './dots.ts'
import { json, jsonLines } from './json.ts'
import { line, plain } from './plain.ts'
import { rubydebug } from './rubydebug.ts'

/** Every codec plug-in. */
export const codecs: readonly CodecPlugin[] = [dots, json, jsonLines, line, plain, rubydebug]
