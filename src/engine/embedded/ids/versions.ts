import { ElkhornError } from '../../../core/errors.ts'
import type { IndexSchema, WriteOperation } from '../../engine.ts'

/** There is one shard and it never moves, so the primary term never changes. */
export const PRIMARY_TERM = 1

/** The newest version of a document; of a deleted one for as long as the delete is remembered. */
export interface CurrentVersion {
  readonly seqNo: number
  readonly version: number
  readonly deleted: boolean
}

/**
 * The version that an operation gives its document. The rules and words are those of Elasticsearch's `InternalEngine`
 * (`planIndexingAsPrimary`, `planDeletionAsPrimary`) and `VersionType`.
 * @throws ElkhornError `version_conflict_engine_exception` (409)
 */
export function nextVersion(operation: WriteOperation, id: string, current: CurrentVersion | undefined): number {
  const { index, kind, ifSeqNo, ifPrimaryTerm, version, versionType } = operation
  const live = current !== undefined && !current.deleted
  if (ifSeqNo !== undefined) {
    const required = `required seqNo [${ifSeqNo}], primary term [${ifPrimaryTerm ?? 0}].`
    if (!live) throw versionConflict(index, id, `${required} but no document was found`)
    if (current.seqNo !== ifSeqNo || ifPrimaryTerm !== PRIMARY_TERM) {
      throw versionConflict(
        index,
        id,
        `${required} current document has seqNo [${current.seqNo}] and primary term [${PRIMARY_TERM}]`,
      )
    }
  }
  if (versionType !== undefined && version !== undefined) {
    if (current !== undefined && (versionType === 'external' ? current.version >= version : current.version > version)) {
      const higher = versionType === 'external' ? 'higher or equal to' : 'higher than'
      throw versionConflict(index, id, `current version [${current.version}] is ${higher} the one provided [${version}]`)
    }
    return version
  }
  if (kind === 'create' && live) {
    throw versionConflict(index, id, `document already exists (current version [${current.version}])`)
  }
  return current === undefined ? 1 : current.version + 1
}

function versionConflict(index: IndexSchema, id: string, explanation: string): ElkhornError {
  return new ElkhornError('version_conflict_engine_exception', 409, `[${id}]: version conflict, ${explanation}`, {
    details: { index_uuid: index.uuid, shard: '0', index: index.name },
  })
}
