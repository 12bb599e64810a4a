import type { ElkhornError } from '../../core/errors.ts'
import { internalAccess } from '../../core/access.ts'
import type { IndexContext } from '../index-context.ts'
import { writeDocuments } from './write-documents.ts'

/** A document of another index, or of a snapshot. */
export interface CopiedDocument {
  readonly id: string
  readonly version: number
  readonly routing: string | undefined
  readonly source: Uint8Array
}

/** Writes documents as they were, with their versions and without a pipeline. @returns the first failure, if there is one */
export async function copyDocuments(
  context: IndexContext,
  index: string,
  documents: readonly CopiedDocument[],
): Promise<ElkhornError | undefined> {
  const outcomes = await writeDocuments(
    context,
    internalAccess,
    documents.map(({ id, version, routing, source }) => ({
      action: 'index',
      target: index,
      id,
      source,
      version,
      versionType: 'external_gte',
      pipeline: '_none',
      ...(routing === undefined ? {} : { routing }),
    })),
    { refresh: 'false' },
  )
  const failed = outcomes.find((outcome) => outcome.result === 'failed')
  return failed?.result === 'failed' ? failed.error : undefined
}
