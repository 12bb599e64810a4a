import { createHash, randomBytes } from 'node:crypto'
import { ElkhornError } from '../../core/errors.ts'
import type { WritableBlobStore } from './blob-store.ts'

export interface RepositoryAnalysis {
  /** What the names of the blobs began with. */
  readonly path: string
  readonly writtenBlobs: number
  readonly writtenBytes: number
  readonly writeMs: number
  readonly readMs: number
  readonly listMs: number
  readonly deleteMs: number
}

export interface AnalysisSize {
  readonly blobs: number
  readonly maxBlobBytes: number
  readonly maxTotalBytes: number
}

/**
 * Writes blobs of random bytes to a repository, lists them, reads each back and compares it, and deletes them again.
 * @throws ElkhornError `repository_verification_exception` (500) when what is read is not what was written
 */
export async function analyzeRepository(
  name: string,
  store: WritableBlobStore,
  size: AnalysisSize,
  signal: AbortSignal,
): Promise<RepositoryAnalysis> {
  const path = `analyze-${randomBytes(8).toString('hex')}`
  const blobBytes = Math.max(1, Math.min(size.maxBlobBytes, Math.floor(size.maxTotalBytes / size.blobs)))
  const sums = new Map<string, string>()
  const times = { writeMs: 0, readMs: 0, listMs: 0, deleteMs: 0 }
  const timed = async <T>(what: keyof typeof times, work: () => Promise<T>): Promise<T> => {
    const start = performance.now()
    const result = await work()
    times[what] += performance.now() - start
    return result
  }
  try {
    for (let blob = 0; blob < size.blobs; blob++) {
      signal.throwIfAborted()
      const bytes = randomBytes(blobBytes)
      sums.set(`${path}-${blob}`, sumOf(bytes))
      await timed('writeMs', () => store.write(`${path}-${blob}`, bytes))
    }
    const listed = await timed('listMs', () => store.list(''))
    for (const [blob, sum] of sums) {
      signal.throwIfAborted()
      const bytes = listed.includes(blob) ? await timed('readMs', () => store.read(blob)) : undefined
      if (!bytes || sumOf(bytes) !== sum) {
        throw new ElkhornError(
          'repository_verification_exception',
          500,
          `[${name}] analysis failed: [${blob}] is not what was written`,
        )
      }
    }
  } finally {
    for (const blob of sums.keys()) await timed('deleteMs', () => store.delete(blob))
  }
  return { path, writtenBlobs: sums.size, writtenBytes: sums.size * blobBytes, ...times }
}

const sumOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64')
