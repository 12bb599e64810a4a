import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

/** One file of the pages, in every encoding that it was built in. */
export interface Asset {
  readonly contentType: string
  /** The name holds a hash of the content: it never changes. */
  readonly immutable: boolean
  readonly etag: string
  readonly plain: Buffer
  readonly brotli: Buffer | undefined
  readonly gzip: Buffer | undefined
}

/** Files by URL path: `/index.html`, `/assets/main-1a2b3c4d.js`. All of them fit into memory. */
export type Assets = ReadonlyMap<string, Asset>

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json',
  svg: 'image/svg+xml',
  png: 'image/png',
  webp: 'image/webp',
}

/**
 * Reads the built pages.
 * @throws Error naming the folder when there is no build in it
 */
export async function loadAssets(folder: string): Promise<Assets> {
  const assets = new Map<string, Asset>()
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new Error(`no pages in ${folder}: run npm run build`, { cause })
  })
  const files = new Set(entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)))
  for (const file of files) {
    const extension = file.slice(file.lastIndexOf('.') + 1)
    const contentType = CONTENT_TYPES[extension]
    if (contentType === undefined || file.includes(`${sep}.vite${sep}`)) continue
    const plain = await readFile(file)
    assets.set(`/${relative(folder, file).split(sep).join('/')}`, {
      contentType,
      immutable: file.includes(`${sep}assets${sep}`),
      etag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
      plain,
      brotli: files.has(`${file}.br`) ? await readFile(`${file}.br`) : undefined,
      gzip: files.has(`${file}.gz`) ? await readFile(`${file}.gz`) : undefined,
    })
  }
  if (!assets.has('/index.html')) throw new Error(`no index.html in ${folder}: run npm run build`)
  return assets
}
