import { createFile } from '../../../core/durable-files.ts'
import type { StoredDocument } from '../../../core/stored-document.ts'

/** A document that was acknowledged and that the engine refuses in every form. */
export interface RefusedDocument extends StoredDocument {
  readonly reason: string
}

/** Where documents go that cannot be stored: a file of JSON lines, so that nothing acknowledged is lost. */
export class SetAside {
  readonly path: string
  readonly #now: () => number
  #last: Promise<void> = Promise.resolve()

  constructor(path: string, now: () => number) {
    this.path = path
    this.#now = now
  }

  /** Resolves when the document is on disk. One may be kept twice, when the process died right after. */
  keep(document: RefusedDocument): Promise<void> {
    const kept = this.#last.then(() => this.#append(document))
    this.#last = kept.catch(() => undefined)
    return kept
  }

  async #append({ index, id, seqNo, version, routing, source, reason }: RefusedDocument): Promise<void> {
    const text = Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString('utf8')
    const time = new Date(this.#now()).toISOString()
    const line = JSON.stringify({ time, index, id, seq_no: seqNo, version, routing, reason, source: text })
    const file = await createFile(this.path, 'a')
    try {
      await file.appendFile(`${line}\n`)
      await file.datasync()
    } finally {
      await file.close()
    }
  }
}
