import type { OutputPlugin } from '../plugin.ts'
import { elasticsearch, opensearch } from './elasticsearch/elasticsearch.ts'
import { nullOutput } from './null.ts'
import { stdout } from './stdout.ts'

/** Every output plug-in. */
export const outputs: readonly OutputPlugin[] = [elasticsearch, nullOutput, opensearch, stdout]
