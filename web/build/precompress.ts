import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin } from 'vite'

const COMPRESSIBLE = /\.(js|css|html|svg|json)$/
/** Below this a compressed copy saves less than it costs to keep. */
const MIN_BYTES = 512

/** Writes a `.br` and a `.gz` beside every text file of the build, so that serving one costs no CPU. */
export function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    async writeBundle({ dir }) {
      if (dir === undefined) throw new Error('the build has no output folder to compress')
      const entries = await readdir(dir, { recursive: true, withFileTypes: true })
      const files = entries.filter((entry) => entry.isFile() && COMPRESSIBLE.test(entry.name))
      await Promise.all(files.map((file) => compressBeside(join(file.parentPath, file.name))))
    },
  }
}

async function compressBeside(path: string): Promise<void> {
  const body = await readFile(path)
  if (body.length < MIN_BYTES) return
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: body.length } }
  await writeFile(`${path}.br`, await promisify(brotliCompress)(body, options))
  await writeFile(`${path}.gz`, await promisify(gzip)(body, { level: 9 }))
}
