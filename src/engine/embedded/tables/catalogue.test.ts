import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Catalogue } from './catalogue.ts'
import { EMPTY_SUMMARY, NO_SIZE } from './stored-table.ts'

let folder = ''
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'elkhorn-catalogue-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const path = (): string => join(folder, 'catalogue.jsonl')
const known = { summary: { ...EMPTY_SUMMARY, rows: 3 }, size: NO_SIZE }

async function openCatalogue(): Promise<Catalogue> {
  const catalogue = new Catalogue(path())
  await catalogue.open()
  return catalogue
}

describe('the catalogue of tables', () => {
  test('remembers what is put, and nothing of what is forgotten', async () => {
    const catalogue = await openCatalogue()
    await catalogue.put('a', known)
    await catalogue.put('b', known)
    await catalogue.forget('a')
    await catalogue.close()
    const again = await openCatalogue()
    expect([again.find('a'), again.find('b')]).toEqual([undefined, known])
    await again.close()
  })

  test('tells nothing old of a table that could not be forgotten at once', async () => {
    const first = await openCatalogue()
    await first.put('a', known)
    await first.close()
    // A file that cannot be written to: its handle is closed.
    await expect(first.forget('a')).rejects.toThrow('closed')
    await expect(first.forget('a'), 'as often as it is asked').rejects.toThrow('closed')
  })

  test('reads on behind a line that was cut by a failed write', async () => {
    const catalogue = await openCatalogue()
    await catalogue.put('a', known)
    appendFileSync(path(), '{"uuid":"b","summ')
    await catalogue.forget('a')
    await catalogue.close()
    const again = await openCatalogue()
    expect(again.find('a')).toBeUndefined()
    await again.close()
  })
})
