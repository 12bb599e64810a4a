import { readFile } from 'node:fs/promises'

/** A file that a pipeline refers to is not there. Checking a pipeline elsewhere takes it for a warning. */
export class MissingFileError extends Error {
  constructor(path: string, cause: unknown) {
    super(`the file [${path}] cannot be read: ${cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)}`)
    this.name = 'MissingFileError'
  }
}

/** @throws MissingFileError */
export async function readTextFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new MissingFileError(path, error)
  }
}
