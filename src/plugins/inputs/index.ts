import type { InputPlugin } from '../plugin.ts'
import { generator } from './generator.ts'
import { mqtt } from './mqtt.ts'
import { stdin } from './stdin.ts'

/** Every input plug-in. */
export const inputs: readonly InputPlugin[] = [generator, mqtt, stdin]
