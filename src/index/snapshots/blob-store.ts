import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { syncFolder } from '../../core/durable-files.ts'

/** Named files of a snapshot repository. */
export interface BlobStore {
  readonly readOnly: boolean
  /** `undefined` where there is no such blob. */
  read(name: string): Promise<Buffer | undefined>
  /** @throws Error where there is no such blob */
  stream(name: string): Promise<Readable>
}

/** A store that can be written; blobs appear whole or not at all. */
export interface WritableBlobStore extends BlobStore {
  readonly readOnly: false
  write(name: string, bytes: Buffer): Promise<void>
  /** @returns the length of what was written */
  writeStream(name: string, source: AsyncIterable<Buffer>): Promise<number>
  /** @returns the length of what is gone; 0 where there was nothing */
  delete(name: string): Promise<number>
  list(folder: string): Promise<readonly string[]>
}

/** Blobs as files below a folder. */
export function folderStore(folder: string): WritableBlobStore {
  const pathOf = (name: string): string => join(folder, name)
  /** Written beside its place and moved there, so that a reader never sees half of it. */
  const place = async (name: string, write: (path: string) => Promise<void>): Promise<void> => {
    const path = pathOf(name)
    await mkdir(dirname(path), { recursive: true })
    await write(`${path}.tmp`)
    await rename(`${path}.tmp`, path)
    await syncFolder(dirname(path))
  }
  return {
    readOnly: false,
    read: (name) => orUndefined(readFile(pathOf(name))),
    stream: (name) => Promise.resolve(createReadStream(pathOf(name))),
    write: (name, bytes) => place(name, (path) => writeFile(path, bytes, { flush: true })),
    writeStream: async (name, source) => {
      await place(name, (path) => pipeline(source, createWriteStream(path, { flush: true })))
      return (await stat(pathOf(name))).size
    },
    delete: async (name) => {
      const found = await orUndefined(stat(pathOf(name)))
      await rm(pathOf(name), { force: true })
      return found?.size ?? 0
    },
    list: async (below) => (await orUndefined(readdir(pathOf(below)))) ?? [],
  }
}

/** What another program, or another Elkhorn, offers for reading: `http:`, `https:` or `file:`. */
export function urlStore(url: string): BlobStore {
  const base = url.endsWith('/') ? url : `${url}/`
  if (new URL(base).protocol === 'file:') {
    return { ...folderStore(fileURLToPath(base)), readOnly: true }
  }
  const open = async (name: string): Promise<Response | undefined> => {
    const answer = await fetch(base + name, { redirect: 'error' })
    if (answer.status === 404) return undefined
    if (!answer.ok) throw new Error(`${base}${name} answered ${answer.status}`)
    return answer
  }
  return {
    readOnly: true,
    read: async (name) => {
      const answer = await open(name)
      return answer && Buffer.from(await answer.arrayBuffer())
    },
    stream: async (name) => {
      const answer = await open(name)
      if (!answer?.body) throw new Error(`${base}${name} does not exist`)
      return Readable.fromWeb(answer.body)
    },
  }
}

async function orUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
