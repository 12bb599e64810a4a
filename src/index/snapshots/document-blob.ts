import type { StoredDocument } from '../../core/stored-document.ts'
import type { Readable } from 'node:stream'
import { createGunzip, createGzip } from 'node:zlib'

/** A document in a blob: one line of JSON about it, then as many bytes as it says, then a line's end. Packed with gzip. */
interface Header {
  readonly id: string
  readonly version: number
  readonly routing?: string
  readonly length: number
}

/** A document as it comes back. */
export interface BlobDocument {
  readonly id: string
  readonly version: number
  readonly routing: string | undefined
  readonly source: Buffer
}

const LINE_END = 0x0a

/** Writes documents, batch by batch; `count` hears how many of them. */
export async function* packDocuments(
  batches: AsyncIterable<readonly StoredDocument[]>,
  count: (documents: number) => void,
): AsyncGenerator<Buffer> {
  async function* plain(): AsyncGenerator<Buffer> {
    for await (const batch of batches) {
      const parts = batch.flatMap(({ id, version, routing, source }) => {
        const header: Header = { id, version, ...(routing === undefined ? {} : { routing }), length: source.length }
        return [Buffer.from(`${JSON.stringify(header)}\n`, 'utf8'), source, Buffer.of(LINE_END)]
      })
      count(batch.length)
      yield Buffer.concat(parts)
    }
  }
  const gzip = createGzip({ level: 1 })
  const feeding = feed(plain(), gzip)
  for await (const chunk of gzip) yield chunk as Buffer
  await feeding
}

async function feed(
  source: AsyncIterable<Buffer>,
  target: NodeJS.WritableStream & { destroy(error?: Error): void },
): Promise<void> {
  try {
    for await (const chunk of source) {
      if (!target.write(chunk)) await new Promise<void>((resolve) => target.once('drain', () => resolve()))
    }
    target.end()
  } catch (error) {
    target.destroy(error instanceof Error ? error : new Error(String(error)))
  }
}

/** Reads what `packDocuments` wrote. @throws Error for a blob that is cut or damaged */
export async function* unpackDocuments(blob: Readable, batchSize: number): AsyncGenerator<readonly BlobDocument[]> {
  const unpacked = blob.pipe(createGunzip())
  blob.on('error', (error) => unpacked.destroy(error))
  let rest: Buffer = Buffer.alloc(0)
  let batch: BlobDocument[] = []
  for await (const chunk of unpacked) {
    rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer])
    for (;;) {
      const end = rest.indexOf(LINE_END)
      if (end < 0) break
      const { id, version, routing, length } = JSON.parse(rest.toString('utf8', 0, end)) as Header
      if (rest.length < end + 1 + length + 1) break
      batch.push({ id, version, routing, source: rest.subarray(end + 1, end + 1 + length) })
      rest = rest.subarray(end + 1 + length + 1)
      if (batch.length >= batchSize) {
        yield batch
        batch = []
      }
    }
  }
  if (rest.length > 0) throw new Error(`the blob ends in the middle of a document, ${rest.length} bytes behind the last`)
  if (batch.length > 0) yield batch
}
