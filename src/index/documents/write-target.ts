import { allowsAction, unauthorizedOnIndices, type IndexAccess } from '../../core/access.ts'
import type { IndexAction } from '../../core/actions.ts'
import type { BulkOperation } from '../../core/bulk.ts'
import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import { clusterSetting } from '../settings/cluster-settings.ts'
import type { IndexContext } from '../index-context.ts'
import type { AliasRecord, IndexState } from '../index-state.ts'
import { parseIndexName } from '../names/index-name.ts'
import { resolveDateMathName } from '../names/date-math-name.ts'
import { indexClosed, indexNotFound } from '../names/resolve-names.ts'
import { checkBlocks } from '../operations/change-index.ts'
import { checkFree, createIndex } from '../operations/create-index.ts'
import { createDataStream } from '../operations/data-streams.ts'
import { findIndexTemplate } from '../templates/compose.ts'

/** Where writes to a name go. */
export interface WriteTarget {
  readonly index: IndexState
  /** The alias that was written through: its routing applies. */
  readonly alias?: AliasRecord
  /** Whether the name is a data stream's: then only `create` is allowed. */
  readonly isDataStream: boolean
}

type Action = BulkOperation['action']

const actionNames: Readonly<Record<Action, IndexAction>> = {
  index: 'indices:data/write/index:op_type/index',
  create: 'indices:data/write/index:op_type/create',
  update: 'indices:data/write/update',
  delete: 'indices:data/write/delete',
}

/** @throws ElkhornError `security_exception` (403) */
export function requireWrite(access: IndexAccess, action: Action, target: string): void {
  const name = actionNames[action]
  if (!allowsAction(access, name, target)) throw unauthorizedOnIndices(access.principal, name, [target])
}

/**
 * Where an operation on this name writes; `undefined` when nothing has the name.
 * @throws ElkhornError `illegal_argument_exception`, `index_closed_exception`, `cluster_block_exception`
 */
export function findWriteTarget(context: IndexContext, name: string, action: Action): WriteTarget | undefined {
  const { catalog } = context
  const target = locate(context, name)
  if (!target) return undefined
  if (target.isDataStream && action !== 'create') {
    throw illegalArgument('only write ops with an op_type of create are allowed in data streams')
  }
  if (target.index.closed) throw indexClosed(target.index)
  checkBlocks(target.index, 'write')
  // The stream may be in the making, by a request beside this one.
  return catalog.findIndex(target.index.name) === target.index ? target : undefined
}

function locate({ catalog }: IndexContext, name: string): WriteTarget | undefined {
  const index = catalog.findIndex(name)
  if (index) return { index, isDataStream: false }
  const stream = catalog.findDataStream(name)
  if (stream) return backing(name, stream.indices.at(-1))
  const targets = catalog.findAlias(name)
  if (!targets) return undefined
  const holders = [...targets.indices, ...targets.dataStreams]
  const [only] = holders
  const writer = holders.find(([, record]) => record.is_write_index === true)
  const chosen = writer ?? (holders.length === 1 && only && only[1].is_write_index !== false ? only : undefined)
  if (!chosen) {
    throw illegalArgument(
      `no write index is defined for alias [${name}]. The write index may be explicitly disabled using is_write_index=false or the alias points to multiple indices without one being designated as a write index`,
    )
  }
  const [holder, alias] = chosen
  const state = catalog.findIndex(holder)
  if (state) return { index: state, alias, isDataStream: false }
  return backing(holder, catalog.findDataStream(holder)?.indices.at(-1))

  function backing(streamName: string, backingName: string | undefined): WriteTarget {
    const found = backingName === undefined ? undefined : catalog.findIndex(backingName)
    if (!found) throw new Error(`data stream ${streamName} has no write index`)
    return { index: found, isDataStream: true }
  }
}

/** As `findWriteTarget`, making an index or a data stream where nothing has the name yet and settings allow it. */
export async function requireWriteTarget(
  context: IndexContext,
  access: IndexAccess,
  operation: Pick<BulkOperation, 'target' | 'action' | 'requireAlias' | 'requireDataStream' | 'versionType'>,
): Promise<WriteTarget> {
  const { catalog } = context
  const name = resolveDateMathName(operation.target, context.clock.now())
  if (operation.requireAlias && !catalog.findAlias(name)) {
    throw new ElkhornError(
      'index_not_found_exception',
      404,
      `no such index [${name}] and [require_alias] request flag is [true] and [${name}] is not an alias`,
      {
        details: { index_uuid: '_na_', index: name },
      },
    )
  }
  // One that this write makes, by its template, counts, too.
  const becomesDataStream =
    operation.requireDataStream === true &&
    catalog.findIndex(name) === undefined &&
    findIndexTemplate(catalog, name)?.template.dataStream !== undefined
  if (operation.requireDataStream && !catalog.findDataStream(name) && !becomesDataStream) {
    throw new ElkhornError(
      'index_not_found_exception',
      404,
      `no such index [${name}] and [require_data_stream] request flag is [true] and [${name}] is not a data stream`,
      {
        details: { index_uuid: '_na_', index: name },
      },
    )
  }
  requireWrite(access, operation.action, name)
  const found = findWriteTarget(context, name, operation.action)
  if (found) return found
  // A delete makes an index only where an external version has to be remembered.
  if (operation.action === 'delete' && operation.versionType !== 'external' && operation.versionType !== 'external_gte')
    throw indexNotFound(name)
  await autoCreate(context, access, name)
  const created = findWriteTarget(context, name, operation.action)
  if (!created) throw indexNotFound(name)
  return created
}

async function autoCreate(context: IndexContext, access: IndexAccess, name: string): Promise<void> {
  parseIndexName(name)
  const template = findIndexTemplate(context.catalog, name)
  checkAutoCreate(context, name, template?.template.allowAutoCreate)
  if (!allowsAction(access, 'indices:admin/auto_create', name)) {
    throw unauthorizedOnIndices(access.principal, 'indices:admin/auto_create', [name])
  }
  try {
    checkFree(context, name)
    if (template?.template.dataStream) await createDataStream(context, name)
    else await createIndex(context, { name })
  } catch (error) {
    // Somebody else made it meanwhile: that is as good.
    if (!(error instanceof ElkhornError && error.type === 'resource_already_exists_exception')) throw error
  }
}

function checkAutoCreate(context: IndexContext, name: string, templateAllows: boolean | undefined): void {
  const refuse = (why: string): ElkhornError =>
    new ElkhornError('index_not_found_exception', 404, `no such index [${name}] and ${why}`, {
      details: { 'resource.type': 'index_or_alias', 'resource.id': name, index_uuid: '_na_', index: name },
    })
  if (templateAllows === true) return
  if (templateAllows === false)
    throw refuse('composable template [allow_auto_create] is [false] which forbids automatic creation of the index')
  const setting = clusterSetting(context.catalog, 'action.auto_create_index')
  if (setting === 'true') return
  if (setting === 'false') throw refuse('[action.auto_create_index] is [false]')
  for (const part of setting.split(',').map((text) => text.trim())) {
    const forbids = part.startsWith('-')
    const pattern = part.replace(/^[+-]/, '')
    if (!matchesWildcard(pattern, name)) continue
    if (forbids) throw refuse(`[action.auto_create_index] contains [${part}] which forbids automatic creation of the index`)
    return
  }
  throw refuse(`[action.auto_create_index] ([${setting}]) doesn't match`)
}
