import { type FileHandle, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Makes names durable that were given or changed in a folder: a file's own sync says nothing of its name. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** A new file whose name is durable: for appending (`a`), or emptied when there is one already (`w`). */
export async function createFile(path: string, flags: 'a' | 'w'): Promise<FileHandle> {
  const file = await open(path, flags)
  try {
    await syncFolder(dirname(path))
  } catch (error) {
    await file.close()
    throw error
  }
  return file
}

/**
 * Puts bytes in the place of a file: whenever the power goes, there is the old one or the new one.
 * @param mode who may read and write it, when it is not for everybody whom the process lets
 */
export async function replaceDurably(path: string, bytes: Uint8Array | string, mode?: number): Promise<void> {
  const next = `${path}.new`
  const file = await open(next, 'w', mode)
  try {
    if (mode !== undefined) await file.chmod(mode)
    await file.writeFile(bytes)
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(next, path)
  await syncFolder(dirname(path))
}
