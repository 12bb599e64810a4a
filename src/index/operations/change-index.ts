import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { IndexContext } from '../index-context.ts'
import type { IndexState } from '../index-state.ts'
import { checkAnalyzers } from '../mapping/check-analyzers.ts'
import { checkRuntimeFields } from '../mapping/check-runtime-fields.ts'
import { compileMapping } from '../mapping/compile-mapping.ts'
import { addedFields } from '../mapping/learn.ts'
import { checkLimits } from '../mapping/limits.ts'
import { mergeMappings } from '../mapping/merge-mappings.ts'
import { parseMapping } from '../mapping/parse-mapping.ts'
import { changeSettings } from '../settings/index-settings.ts'
import type { SettingsChange } from '../settings/settings-json.ts'

/**
 * Adds to the mappings of indices: to all of them, or where one refuses, to none.
 * @throws ElkhornError `mapper_parsing_exception`, `illegal_argument_exception`
 */
export async function putMapping(context: IndexContext, indices: readonly IndexState[], json: JsonObject): Promise<void> {
  const incoming = parseMapping(json)
  const changes = indices.map((index) => {
    const current = index.mapping
    const merged = mergeMappings(current.mapping, incoming, 'update')
    checkLimits(merged, index.limits, addedFields(current.mapping, merged))
    const mapping = compileMapping(merged, current.paths, current)
    checkAnalyzers(mapping, index.analysis)
    checkRuntimeFields(mapping, context.scripts)
    return { index, mapping }
  })
  await Promise.all(changes.map(({ index, mapping }) => context.catalog.setMapping(index, mapping)))
}

/** Changes the settings of indices: of all of them, or where one refuses, of none. @throws ElkhornError 400 */
export async function putSettings(
  context: IndexContext,
  indices: readonly IndexState[],
  change: SettingsChange,
  options: { readonly preserveExisting: boolean },
): Promise<void> {
  const changes = indices.map((index) => ({
    index,
    settings: changeSettings(index.settings, change, { name: index.name, uuid: index.uuid, open: !index.closed }, options),
  }))
  await Promise.all(changes.map(({ index, settings }) => context.catalog.setSettings(index, settings)))
}

export async function closeIndices(context: IndexContext, indices: readonly IndexState[]): Promise<void> {
  for (const index of indices) refuseWriteIndex(context, index, 'close')
  await Promise.all(indices.filter((index) => !index.closed).map((index) => context.catalog.setClosed(index, true)))
}

export async function openIndices(context: IndexContext, indices: readonly IndexState[]): Promise<void> {
  await Promise.all(indices.filter((index) => index.closed).map((index) => context.catalog.setClosed(index, false)))
}

/**
 * Deletes indices and their documents; a backing index also leaves its data stream.
 * @throws ElkhornError `illegal_argument_exception` for the index that a data stream writes to
 */
export async function deleteIndices(context: IndexContext, indices: readonly IndexState[]): Promise<void> {
  const { catalog, engine } = context
  for (const index of indices) refuseWriteIndex(context, index, 'delete')
  for (const index of indices) {
    const stream = index.dataStream === undefined ? undefined : catalog.findDataStream(index.dataStream)
    if (stream)
      void catalog
        .putDataStream({ ...stream, indices: stream.indices.filter((name) => name !== index.name) })
        .catch(() => undefined)
    void catalog.removeIndex(index).catch(() => undefined)
  }
  // Durable before the documents go: a crash in between leaves documents of no index, which the engine drops at start.
  await catalog.durable()
  await Promise.all(indices.map((index) => engine.deleteIndex(index.uuid)))
}

function refuseWriteIndex(context: IndexContext, index: IndexState, what: 'delete' | 'close'): void {
  const stream = index.dataStream === undefined ? undefined : context.catalog.findDataStream(index.dataStream)
  if (!stream || stream.indices.at(-1) !== index.name) return
  throw illegalArgument(
    what === 'delete'
      ? `index [${index.name}] is the write index for data stream [${stream.name}] and cannot be deleted`
      : `cannot close the following data stream write indices [${index.name}]`,
  )
}

/** @throws ElkhornError `cluster_block_exception` (403) where settings block it */
export function checkBlocks(index: IndexState, what: 'read' | 'write' | 'metadata' | 'delete'): void {
  const is = (name: string): boolean => index.settings[`index.blocks.${name}`] === 'true'
  const refuse = (id: number, text: string): never => {
    throw new ElkhornError(
      'cluster_block_exception',
      id === 12 ? 429 : 403,
      `index [${index.name}] blocked by: [${blockStatus(id)}/${id}/${text}];`,
    )
  }
  if (what !== 'read' && is('read_only')) refuse(5, 'index read-only (api)')
  if ((what === 'write' || what === 'metadata') && is('read_only_allow_delete')) {
    refuse(12, 'disk usage exceeded flood-stage watermark, index has read-only-allow-delete block')
  }
  if (what === 'read' && is('read')) refuse(7, 'index read (api)')
  if (what === 'write' && is('write')) refuse(8, 'index write (api)')
  if ((what === 'metadata' || what === 'delete') && is('metadata')) refuse(9, 'index metadata (api)')
}

const blockStatus = (id: number): string => (id === 12 ? 'TOO_MANY_REQUESTS' : 'FORBIDDEN')
