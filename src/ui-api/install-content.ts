import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '../core/log.ts'
import { parseBody } from './request-body.ts'
import { savedObjectSchemas } from './saved-object-schema.ts'
import type { SavedObjects } from './saved-objects.ts'
import type { SavedAttributes, SavedKind } from './wire/saved-object.ts'

const FOLDERS: Readonly<Record<SavedKind, string>> = { dashboard: 'dashboards', data_view: 'data-views', search: 'searches' }

/**
 * Puts the ready-made objects of `content/` into the store where they are missing. What a person changed stays; what they
 * deleted comes back with the next start, as the first page of a new user should never be empty.
 */
export async function installContent(folder: string, objects: SavedObjects, log: Log): Promise<void> {
  for (const kind of Object.keys(FOLDERS) as SavedKind[]) {
    for (const { id, text } of await jsonFiles(join(folder, FOLDERS[kind]))) {
      if (objects.find(kind, id) !== undefined) continue
      const attributes = parseBody(savedObjectSchemas[kind], JSON.parse(text)) as SavedAttributes[SavedKind]
      await objects.put({ kind, id, attributes, basedOn: 0, author: 'elkhorn' })
      log.debug({ kind, id }, 'saved object installed')
    }
  }
}

async function jsonFiles(folder: string): Promise<{ id: string; text: string }[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  })
  const files = names.filter((name) => name.endsWith('.json')).sort()
  return Promise.all(files.map(async (name) => ({ id: name.slice(0, -5), text: await readFile(join(folder, name), 'utf8') })))
}
