import type { OutputPlugin } from '../plugin.ts'
import { csv } from './csv.ts'
import { elasticsearch, opensearch } from './elasticsearch/elasticsearch.ts'
import { file } from './file.ts'
import { http } from './http.ts'
import { nullOutput } from './null.ts'
import { stdout } from './stdout.ts'
import { tcp } from './tcp.ts'
import { udp } from './udp.ts'

/** Every output plug-in. */
export const outputs: readonly OutputPlugin[] = [csv, elasticsearch, file, http, nullOutput, opensearch, stdout, tcp, udp]
