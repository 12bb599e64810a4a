import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Catalog, DataStream } from '../catalog.ts'
import type { IndexContext } from '../index-context.ts'
import type { IndexState } from '../index-state.ts'
import { indexNotFound } from '../names/resolve-names.ts'
import { findIndexTemplate } from '../templates/compose.ts'
import { putMapping } from './change-index.ts'
import { checkTimestamp } from './data-streams.ts'

/** One of the `actions` of `_data_stream/_modify`. */
export interface StreamAction {
  readonly kind: 'add_backing_index' | 'remove_backing_index'
  readonly dataStream: string
  readonly index: string
}

/** @throws ElkhornError 400 naming the action that makes no sense */
export function parseStreamActions(json: JsonObject): readonly StreamAction[] {
  const { actions } = json
  if (!Array.isArray(actions) || actions.length === 0) {
    throw new ElkhornError(
      'action_request_validation_exception',
      400,
      'Validation Failed: 1: must specify at least one data stream modification action;',
    )
  }
  return (actions as readonly JsonValue[]).map((action) => {
    const [kind, body] = isJsonObject(action) ? (Object.entries(action)[0] ?? []) : []
    if ((kind !== 'add_backing_index' && kind !== 'remove_backing_index') || !isJsonObject(body)) {
      throw new ElkhornError('x_content_parse_exception', 400, `[data_stream_action] unknown field [${kind ?? ''}]`)
    }
    const { data_stream: dataStream, index } = body
    if (typeof dataStream !== 'string') throw illegalArgument(`[${kind}] required [data_stream]`)
    if (typeof index !== 'string') throw illegalArgument(`[${kind}] required [index]`)
    return { kind, dataStream, index }
  })
}

/**
 * Gives data streams backing indices that were something else, and sets backing indices free.
 * @throws ElkhornError 400; what came before the action that is refused has happened
 */
export async function modifyDataStreams(context: IndexContext, actions: readonly StreamAction[]): Promise<void> {
  const { catalog } = context
  for (const { kind, dataStream, index: name } of actions) {
    const stream = catalog.findDataStream(dataStream)
    if (!stream) throw illegalArgument(`data stream [${dataStream}] not found`)
    const index = catalog.findIndex(name)
    if (kind === 'remove_backing_index') {
      await removeBackingIndex(catalog, stream, name, index)
      continue
    }
    if (!index) throw indexNotFound(name)
    if (index.dataStream === stream.name) continue
    if (index.dataStream !== undefined) {
      throw illegalArgument(
        `cannot add index [${name}] to data stream [${stream.name}] because it is already a backing index on data stream [${index.dataStream}]`,
      )
    }
    const [alias] = index.aliases.keys()
    if (alias !== undefined) {
      throw illegalArgument(
        `cannot add index [${name}] to data stream [${stream.name}] until its aliases [${[...index.aliases.keys()].join(', ')}] are removed`,
      )
    }
    await prepareBackingIndex(context, index)
    // The index that is written to stays the last one.
    await catalog.putDataStream({ ...stream, indices: [name, ...stream.indices], generation: stream.generation + 1 })
  }
}

/** It becomes an index of its own, which wildcards find again. */
async function removeBackingIndex(
  catalog: Catalog,
  stream: DataStream,
  name: string,
  index: IndexState | undefined,
): Promise<void> {
  if (!stream.indices.includes(name)) {
    throw illegalArgument(`index [${name}] not found in data stream [${stream.name}]`)
  }
  if (stream.indices.at(-1) === name) {
    throw illegalArgument(`cannot remove backing index [${name}] of data stream [${stream.name}] because it is the write index`)
  }
  const indices = stream.indices.filter((one) => one !== name)
  await catalog.putDataStream({ ...stream, indices, generation: stream.generation + 1 })
  if (index) await catalog.setSettings(index, { ...index.settings, 'index.hidden': 'false' })
}

/** Hides an index from wildcards and maps it as every backing index is. @throws ElkhornError 400 when its `@timestamp` is no date */
async function prepareBackingIndex(context: IndexContext, index: IndexState): Promise<void> {
  checkTimestamp(index.mapping.mapping)
  await putMapping(context, [index], { _data_stream_timestamp: { enabled: true } })
  await context.catalog.setSettings(index, { ...index.settings, 'index.hidden': 'true' })
}

/**
 * Makes an alias a data stream: its indices are the backing ones, its write index the last of them.
 * @throws ElkhornError 400 for what cannot be one
 */
export async function migrateAlias(context: IndexContext, alias: string): Promise<void> {
  const { catalog } = context
  const targets = catalog.findAlias(alias)
  if (!targets) throw illegalArgument(`alias [${alias}] does not exist`)
  if (targets.dataStreams.size > 0) throw illegalArgument(`alias [${alias}] stands for data streams already`)
  const found = findIndexTemplate(catalog, alias)
  if (!found) throw illegalArgument(`no matching index template found for data stream [${alias}]`)
  if (!found.template.dataStream) {
    throw illegalArgument(`matching index template [${found.name}] for data stream [${alias}] has no data stream template`)
  }
  const writeIndex =
    targets.indices.size === 1
      ? [...targets.indices.keys()][0]
      : [...targets.indices].find(([, record]) => record.is_write_index === true)?.[0]
  if (writeIndex === undefined) throw illegalArgument(`alias [${alias}] must specify a write index`)
  for (const [name, record] of targets.indices) {
    if (record.filter || record.index_routing !== undefined || record.search_routing !== undefined) {
      throw illegalArgument(`alias [${alias}] of index [${name}] may not have custom filtering or routing`)
    }
  }
  const indices = [...targets.indices.keys()]
    .flatMap((name) => catalog.findIndex(name) ?? [])
    .sort((a, b) => Number(a.name === writeIndex) - Number(b.name === writeIndex) || a.createdAt - b.createdAt)
  for (const index of indices) {
    const others = [...index.aliases.keys()].filter((name) => name !== alias)
    if (others.length > 0) throw illegalArgument(`index [${index.name}] has further aliases [${others.join(', ')}]`)
  }
  for (const index of indices) await prepareBackingIndex(context, index)
  for (const index of indices) await catalog.setAliases(index, new Map())
  await catalog.putDataStream({
    name: alias,
    indices: indices.map(({ name }) => name),
    generation: indices.length,
    template: found.name,
    hidden: found.template.dataStream.hidden === true,
    ...(found.template.meta ? { meta: found.template.meta } : {}),
  })
  await catalog.durable()
}
