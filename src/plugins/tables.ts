import { codecs } from './codecs/index.ts'
import { filters } from './filters/index.ts'
import { inputs } from './inputs/index.ts'
import { missingPlugins } from './missing-plugins.ts'
import { outputs } from './outputs/index.ts'
import { pluginAliases } from './plugin-aliases.ts'
import type { CodecPlugin, FilterPlugin, InputPlugin, OutputPlugin } from './plugin.ts'

/** Every plug-in there is, by kind. */
export interface PluginTables {
  readonly inputs: readonly InputPlugin[]
  readonly codecs: readonly CodecPlugin[]
  readonly filters: readonly FilterPlugin[]
  readonly outputs: readonly OutputPlugin[]
  /** Other names of plug-ins: `kind/name` → the name that the plug-in has here. */
  readonly aliases: Readonly<Record<string, string>>
  /** What to say about plug-ins of Logstash that there are not: `kind/name` → what works instead. */
  readonly hints: Readonly<Record<string, string>>
}

export const pluginTables: PluginTables = { inputs, codecs, filters, outputs, aliases: pluginAliases, hints: missingPlugins }
