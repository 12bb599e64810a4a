import type { InputPlugin } from '../plugin.ts'
import { beats, elasticAgent } from './beats.ts'
import { file } from './file.ts'
import { generator } from './generator.ts'
import { heartbeat } from './heartbeat.ts'
import { http } from './http.ts'
import { mqtt } from './mqtt.ts'
import { stdin } from './stdin.ts'
import { tcp } from './tcp.ts'
import { udp } from './udp.ts'

/** Every input plug-in. */
export const inputs: readonly InputPlugin[] = [beats, elasticAgent, file, generator, heartbeat, http, mqtt, stdin, tcp, udp]
