import type { BulkOperation } from '../../core/bulk.ts'
import { illegalArgument } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { StoredDocument } from '../../core/stored-document.ts'
import type { IndexContext } from '../../index/index-context.ts'
import { changeByScript, compileDocumentScript } from '../../index/documents/scripted-source.ts'
import { parseScriptReference } from '../../script/script-request.ts'

type Change = (document: StoredDocument) => BulkOperation | undefined

const KNOWN = ['_index', '_id', '_version', '_routing']

/**
 * A change of documents with the script of the request applied. `plain` is what happens to a document otherwise; its
 * source is what the script sees. A reindex may send documents elsewhere, an update may not.
 * @throws ElkhornError `script_exception`
 */
export function scriptedChange(context: IndexContext, body: JsonObject, plain: Change, mayMove: boolean): Change {
  const { script } = body
  if (script === undefined || script === null) return plain
  const run = compileDocumentScript(context.scripts, parseScriptReference(script))
  return (document) => {
    const operation = plain(document)
    if (!operation) return undefined
    const before = {
      index: mayMove ? operation.target : document.index,
      id: document.id,
      version: document.version,
      routing: operation.routing ?? document.routing,
    }
    const source = operation.source ?? document.source
    const { op, source: made, metadata } = changeByScript(run, { ...before, source }, { op: 'index', now: context.clock.now() })
    for (const key of Object.keys(metadata)) {
      if (!KNOWN.includes(key)) throw illegalArgument(`Invalid fields added to context [${key}]`)
    }
    if (op === 'noop' || op === 'none') return undefined
    if (op !== 'index' && op !== 'delete') {
      throw illegalArgument(`Operation type [${op}] not allowed, only [noop, index, delete] are allowed`)
    }
    const moved = mayMove ? movedOperation(operation, metadata, before) : unmoved(operation, metadata, before)
    const { source: _source, document: _document, ...rest } = moved
    if (op === 'index') return { ...rest, source: made }
    const { pipeline: _pipeline, ...gone } = rest
    return { ...gone, action: 'delete' }
  }
}

interface Before {
  readonly index: string
  readonly id: string
  readonly version: number
  readonly routing: string | undefined
}

function unmoved(operation: BulkOperation, metadata: Readonly<Record<string, unknown>>, before: Before): BulkOperation {
  const changed = (name: string): never => {
    throw illegalArgument(`Modifying [${name}] not allowed`)
  }
  if (metadata['_index'] !== before.index) changed('_index')
  if (metadata['_id'] !== before.id) changed('_id')
  if (metadata['_version'] !== before.version) changed('_version')
  if ((metadata['_routing'] ?? undefined) !== before.routing) changed('_routing')
  return operation
}

function movedOperation(operation: BulkOperation, metadata: Readonly<Record<string, unknown>>, before: Before): BulkOperation {
  const { _index: index, _id: id, _version: version, _routing: routing } = metadata
  if (index === null || index === undefined) throw illegalArgument("Can't reindex without a destination index!")
  const { id: _id, routing: _routing, version: _version, versionType: _type, ...rest } = operation
  const keepsVersion = version === before.version
  return {
    ...rest,
    target: String(index),
    ...(id === null || id === undefined ? {} : { id: String(id) }),
    ...(routing === null || routing === undefined ? {} : { routing: String(routing) }),
    ...(keepsVersion && operation.version !== undefined ? { version: operation.version } : {}),
    ...(!keepsVersion && typeof version === 'number' ? { version, versionType: 'external' as const } : {}),
    ...(keepsVersion && operation.versionType !== undefined ? { versionType: operation.versionType } : {}),
  }
}
