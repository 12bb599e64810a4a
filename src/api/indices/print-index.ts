import type { JsonObject } from '../../core/json.ts'
import type { AliasRecord, IndexState } from '../../index/index-state.ts'
import { showMapping } from '../../index/mapping/print-mapping.ts'
import { defaultIndexSettings } from '../../index/settings/index-settings.ts'
import { printSettings, type Settings } from '../../index/settings/settings-json.ts'

export interface SettingsPrinting {
  readonly flat: boolean
  readonly human: boolean
}

export function printAliases(aliases: Iterable<readonly [string, AliasRecord]>): JsonObject {
  return Object.fromEntries([...aliases].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, record]) => [name, printAlias(record)]))
}

/** In the order that Elasticsearch prints its members. */
export function printAlias(record: AliasRecord): JsonObject {
  const { filter, index_routing, search_routing, is_write_index, is_hidden } = record
  return {
    ...(filter === undefined ? {} : { filter }),
    ...(index_routing === undefined ? {} : { index_routing }),
    ...(search_routing === undefined ? {} : { search_routing }),
    ...(is_write_index === undefined ? {} : { is_write_index }),
    ...(is_hidden === undefined ? {} : { is_hidden }),
  }
}

export function printIndexSettings(index: IndexState, { flat, human }: SettingsPrinting): JsonObject {
  return printSettings(human ? withHumanSettings(index) : index.settings, { flat })
}

function withHumanSettings(index: IndexState): Settings {
  return {
    ...index.settings,
    'index.creation_date_string': new Date(index.createdAt).toISOString(),
    'index.version.created_string': '8.19.0',
  }
}

/** Settings that an index does not set itself. */
export function printDefaultSettings(index: IndexState, { flat }: Pick<SettingsPrinting, 'flat'>): JsonObject {
  const defaults = Object.entries(defaultIndexSettings()).filter(([key]) => index.settings[key] === undefined)
  return printSettings(Object.fromEntries(defaults), { flat })
}

export function printIndex(index: IndexState, printing: SettingsPrinting & { readonly defaults: boolean }): JsonObject {
  return {
    aliases: printAliases(index.aliases),
    mappings: showMapping(index.mapping.mapping),
    settings: printIndexSettings(index, printing),
    ...(printing.defaults ? { defaults: printDefaultSettings(index, printing) } : {}),
    ...(index.dataStream === undefined ? {} : { data_stream: index.dataStream }),
  }
}
