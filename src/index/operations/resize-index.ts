import { internalAccess } from '../../core/access.ts'
import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { frozen, scan } from '../by-query/scan.ts'
import { copyDocuments } from '../documents/copy-documents.ts'
import type { IndexContext } from '../index-context.ts'
import type { IndexState } from '../index-state.ts'
import { printMapping } from '../mapping/print-mapping.ts'
import { searchOptions } from '../names/resolve-names.ts'
import { bindTargets, openTargets } from '../search/targets.ts'
import { changeSettings } from '../settings/index-settings.ts'
import type { Settings, SettingsChange } from '../settings/settings-json.ts'
import { deleteIndices } from './change-index.ts'
import { checkFree, createIndex, type CreateIndexRequest } from './create-index.ts'

export type ResizeKind = 'shrink' | 'split' | 'clone'

export interface ResizeRequest {
  readonly kind: ResizeKind
  readonly source: IndexState
  readonly target: string
  readonly settings: SettingsChange
  readonly aliases: CreateIndexRequest['aliases']
  readonly signal: AbortSignal
}

/** What an index has for itself alone. */
const OWN_SETTINGS = [
  'index.uuid',
  'index.creation_date',
  'index.provided_name',
  'index.version.created',
  'index.version.upgraded',
  'index.verified_before_close',
  'index.number_of_shards',
  'index.number_of_routing_shards',
]
const BATCH = 1_000
const TIMEOUT_MS = 24 * 60 * 60_000

/** Whether a setting is an index's own, and no other index has it from it. */
export const isOwnSetting = (key: string): boolean => OWN_SETTINGS.includes(key) || key.startsWith('index.resize.')

/**
 * Makes an index with the settings, mappings and documents of one that nobody writes to. Here shards are only counted, so
 * documents are copied and keep their versions. What fails leaves no half of an index behind.
 * @throws ElkhornError where the source may be written to, or the numbers of shards do not fit
 */
export async function resizeIndex(context: IndexContext, request: ResizeRequest): Promise<IndexState> {
  const { source, target, settings: asked } = request
  if (source.settings['index.blocks.write'] !== 'true' && source.settings['index.blocks.read_only'] !== 'true')
    throw new ElkhornError(
      'illegal_state_exception',
      400,
      `index ${source.name} must be read-only to resize index. use "index.blocks.write=true"`,
    )
  checkFree(context, target)
  const shards = targetShards(request)
  const kept = Object.entries(source.settings).filter(([key]) => !isOwnSetting(key) && !key.startsWith('index.blocks.'))
  const withoutBlocks = Object.entries(asked).filter(([key]) => !key.startsWith('index.blocks.'))
  const index = await createIndex(context, {
    name: target,
    settings: { ...Object.fromEntries(kept), ...Object.fromEntries(withoutBlocks), 'index.number_of_shards': String(shards) },
    mappings: printMapping(source.mapping.mapping),
    ...(request.aliases && { aliases: request.aliases }),
    withoutTemplates: true,
  })
  try {
    await copyAll(context, source, index, request.signal)
    await context.catalog.setSettings(index, withBlocks(index, source, asked))
  } catch (error) {
    await deleteIndices(context, [index])
    throw error
  }
  return index
}

/** Blocks are copied, too, unless the request says otherwise; and where the index comes from. */
function withBlocks(index: IndexState, source: IndexState, asked: SettingsChange): Settings {
  const blocks = Object.entries({ ...source.settings, ...asked }).filter(([key]) => key.startsWith('index.blocks.'))
  const target = { name: index.name, uuid: index.uuid, open: true }
  return {
    ...changeSettings(index.settings, Object.fromEntries(blocks), target, { preserveExisting: false }),
    'index.resize.source.name': source.name,
    'index.resize.source.uuid': source.uuid,
  }
}

function targetShards({ kind, source, settings }: ResizeRequest): number {
  const written = settings['index.number_of_shards']
  const from = source.shards
  const to = written === undefined || written === null ? (kind === 'shrink' ? 1 : from) : Number(written)
  if (!Number.isInteger(to) || to < 1)
    throw illegalArgument(`Failed to parse value [${String(written)}] for setting [index.number_of_shards]`)
  switch (kind) {
    case 'shrink':
      if (to > from)
        throw illegalArgument(`the number of target shards [${to}] must be less that the number of source shards [${from}]`)
      if (from % to !== 0) throw illegalArgument(`the number of source shards [${from}] must be a multiple of [${to}]`)
      return to
    case 'split':
      if (written === undefined || written === null)
        throw illegalArgument('index.number_of_shards is required for split operations')
      if (to <= from)
        throw illegalArgument(`the number of source shards [${from}] must be less that the number of target shards [${to}]`)
      if (to % from !== 0) throw illegalArgument(`the number of source shards [${from}] must be a factor of [${to}]`)
      return to
    default:
      if (to !== from)
        throw illegalArgument(`the number of target shards [${to}] must be the same as the number of source shards [${from}]`)
      return to
  }
}

async function copyAll(context: IndexContext, source: IndexState, index: IndexState, signal: AbortSignal): Promise<void> {
  await context.engine.refresh([source.uuid])
  const where = { names: [source.name], options: searchOptions, action: 'indices:data/read/search' as const }
  const { searched } = await openTargets(context, internalAccess, where, context.clock.now())
  const { targets, bound } = bindTargets(searched, undefined)
  const options = { size: BATCH, sort: [], timeoutMs: TIMEOUT_MS, signal }
  for await (const batch of scan(
    context,
    await frozen(context, targets),
    bound.map((one) => one.index),
    options,
  )) {
    const failure = await copyDocuments(context, index.name, batch)
    if (failure) throw failure
  }
  await context.engine.refresh([index.uuid])
}
