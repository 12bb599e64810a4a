import type { CurrentVersion } from './versions.ts'

/** Elasticsearch's `index.gc_deletes`: how long a deleted document's version is remembered. */
const DELETES_REMEMBERED_MS = 60_000
/** Versions kept although the table knows them, too: documents that are written again and again need no look-up. */
const KEPT = 10_000

interface Recent extends CurrentVersion {
  readonly atMs: number
}

/** What a write changed, to be put back if it does not become durable. */
export interface VersionChange {
  readonly id: string
  readonly seqNo: number
  readonly before: CurrentVersion | undefined
}

/**
 * The newest versions of documents, by id: of all that the table does not hold yet, of deletes for a minute, and of some
 * more. What is not in it, the table knows.
 */
export class RecentVersions {
  readonly #versions = new Map<string, Recent>()
  /** Look-ups under way: what they do not see must stay here until they are back. */
  #pins = 0

  get size(): number {
    return this.#versions.size
  }

  get(id: string): CurrentVersion | undefined {
    return this.#versions.get(id)
  }

  set(id: string, version: CurrentVersion, atMs: number): VersionChange {
    const before = this.#versions.get(id)
    // The newest stand last, so the oldest are found first.
    this.#versions.delete(id)
    this.#versions.set(id, { ...version, atMs })
    return { id, seqNo: version.seqNo, before }
  }

  undo({ id, seqNo, before }: VersionChange): void {
    if (this.#versions.get(id)?.seqNo !== seqNo) return
    if (before === undefined) this.#versions.delete(id)
    else this.#versions.set(id, before as Recent)
  }

  /** Keeps everything until the pin is taken off. */
  pin(): () => void {
    this.#pins += 1
    return () => {
      this.#pins -= 1
    }
  }

  /** Forgets what the table holds up to a sequence number, but for the newest ones and deletes. */
  forget(storedSeqNo: number, nowMs: number, kept = KEPT): void {
    if (this.#pins > 0) return
    let surplus = this.#versions.size - kept
    for (const [id, { seqNo, deleted, atMs }] of this.#versions) {
      if (surplus <= 0) return
      surplus -= 1
      if (seqNo <= storedSeqNo && !(deleted && nowMs - atMs < DELETES_REMEMBERED_MS)) this.#versions.delete(id)
    }
  }
}
