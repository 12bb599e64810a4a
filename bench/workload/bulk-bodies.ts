import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEFAULT_SEED, iotDocuments } from './iot-documents.ts'

/** Ready `_bulk` bodies in a file, so that measuring never waits for making them. */
export interface BulkBodies {
  readonly documents: number
  readonly documentsPerBody: number
  /** Bytes of the documents alone, without action lines. */
  readonly documentBytes: number
  readonly bodies: number
  body(number: number): Buffer
  close(): void
}

interface Index {
  readonly documents: number
  readonly documentBytes: number
  readonly offsets: readonly number[]
}

/** How the documents are named. With ids of the client's own, `overwriting` of them name an earlier document again. */
export type Ids = { readonly kind: 'none' } | { readonly kind: 'own'; readonly overwriting: number }

/** Makes the bodies once per machine and keeps them in the temporary folder. */
export function iotBodies(documents: number, documentsPerBody: number, ids: Ids = { kind: 'none' }): BulkBodies {
  const folder = join(tmpdir(), 'elkhorn-bench-data')
  mkdirSync(folder, { recursive: true })
  const variant = ids.kind === 'none' ? 'create' : `ids-${ids.overwriting}`
  const path = join(folder, `iot-${documents}-${documentsPerBody}-${variant}.ndjson`)
  if (!existsSync(`${path}.index`)) write(path, documents, documentsPerBody, ids)
  const { offsets, documentBytes } = JSON.parse(readFileSync(`${path}.index`, 'utf8')) as Index
  const file = openSync(path, 'r')
  return {
    documents,
    documentsPerBody,
    documentBytes,
    bodies: offsets.length - 1,
    body: (number) => {
      const [from = 0, to = 0] = [offsets[number], offsets[number + 1]]
      const body = Buffer.allocUnsafe(to - from)
      readSync(file, body, 0, body.length, from)
      return body
    },
    close: () => closeSync(file),
  }
}

function write(path: string, documents: number, documentsPerBody: number, ids: Ids): void {
  process.stderr.write(`making ${documents} documents in ${path}\n`)
  const file = openSync(`${path}.tmp`, 'w')
  const offsets = [0]
  let at = 0
  let documentBytes = 0
  let n = 0
  let lines: string[] = []
  const flush = (): void => {
    if (lines.length === 0) return
    at += writeSync(file, lines.join(''))
    offsets.push(at)
    lines = []
  }
  for (const text of iotDocuments(documents, DEFAULT_SEED)) {
    lines.push(action(ids, n), text, '\n')
    documentBytes += text.length + 1
    if (++n % documentsPerBody === 0) flush()
  }
  flush()
  closeSync(file)
  renameSync(`${path}.tmp`, path)
  writeFileSync(`${path}.index`, JSON.stringify({ documents: n, documentBytes, offsets } satisfies Index))
}

function action(ids: Ids, n: number): string {
  if (ids.kind === 'none') return '{"create":{}}\n'
  // Every tenth, or whatever the share is, names the document half way back: neither the last one nor an ancient one.
  const again = ids.overwriting > 0 && n > 0 && n % Math.round(1 / ids.overwriting) === 0
  return `{"index":{"_id":"device-reading-${again ? Math.floor(n / 2) : n}"}}\n`
}
