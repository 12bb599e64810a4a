import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { IndexContext } from '../index-context.ts'
import type { IndexState } from '../index-state.ts'
import { printMapping } from '../mapping/print-mapping.ts'
import type { SettingsChange } from '../settings/settings-json.ts'
import { createIndex } from './create-index.ts'
import { isOwnSetting } from './resize-index.ts'

export interface CopyIndexRequest {
  readonly source: IndexState
  readonly target: string
  /** Laid over the source's; a null takes away. */
  readonly settings: SettingsChange
  readonly mappings: JsonObject
  readonly removeBlocks: boolean
}

/** Makes an empty index that has the settings and mappings of another. @throws ElkhornError as making an index does */
export async function copyIndex(context: IndexContext, request: CopyIndexRequest): Promise<IndexState> {
  const { source, target, settings, mappings, removeBlocks } = request
  const kept = Object.entries(source.settings).filter(
    ([key]) => !isOwnSetting(key) && !(removeBlocks && key.startsWith('index.blocks.')) && settings[key] !== null,
  )
  return await createIndex(context, {
    name: target,
    settings: { 'index.number_of_shards': String(source.shards), ...Object.fromEntries(kept), ...settings },
    mappings: overlay(printMapping(source.mapping.mapping), mappings),
    withoutTemplates: true,
  })
}

/** Objects are laid over objects member by member; anything else replaces what is below. */
function overlay(below: JsonObject, above: JsonObject): JsonObject {
  const merged: Record<string, JsonValue | undefined> = { ...below }
  for (const [key, value] of Object.entries(above)) {
    const before = merged[key]
    if (value === null) delete merged[key]
    else merged[key] = isJsonObject(value) && isJsonObject(before) ? overlay(before, value) : value
  }
  return merged
}
