import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DATABASE } from '../layout.ts'
import { Definitions } from './definitions.ts'

let engine = ''
let definitions = new Definitions('')
beforeEach(() => {
  engine = mkdtempSync(join(tmpdir(), 'elkhorn-definitions-'))
  definitions = new Definitions(join(engine, 'store'))
  mkdirSync(folder(), { recursive: true })
})
afterEach(() => rmSync(engine, { recursive: true }))

const folder = (): string => join(engine, 'store', 'metadata', DATABASE)
const file = (table: string): string => join(folder(), `${table}.sql`)
const define = (table: string, text: string): void => writeFileSync(file(table), text)
const defined = (table: string): string => readFileSync(file(table), 'utf8')

describe('definitions of tables', () => {
  test('that are whole stay, and no copy of them', async () => {
    define('a', 'old\n')
    await definitions.whileChanging('a', async () => define('a', 'new\n'))
    expect(await definitions.repair()).toEqual([])
    expect(defined('a')).toBe('new\n')
    expect(readdirSync(join(engine, 'changing'))).toEqual([])
  })

  test.each([
    ['nothing', ''],
    ['a part', 'ne'],
  ])('of which only %s was written are as before', async (_, written) => {
    define('a', 'old\n')
    define('b', 'b\n')
    await definitions.whileChanging('a', async () => define('a', written))
    expect(await new Definitions(join(engine, 'store')).repair()).toEqual(['a'])
    expect([defined('a'), defined('b')]).toEqual(['old\n', 'b\n'])
    expect(await definitions.repair()).toEqual([])
  })

  test('that change while the engine dies are as before, even if the change is asked for again meanwhile', async () => {
    define('a', 'old\n')
    const died = definitions.whileChanging('a', () => {
      truncateSync(file('a'))
      return Promise.reject(new Error('it died'))
    })
    await expect(died).rejects.toThrow('it died')
    await definitions.whileChanging('a', () => Promise.resolve())
    await definitions.repair()
    expect(defined('a')).toBe('old\n')
  })

  test('of tables that were being made are gone: nothing is in those', async () => {
    await definitions.whileChanging('new', async () => define('new', ''))
    await definitions.whileChanging(DATABASE, async () =>
      writeFileSync(join(engine, 'store', 'metadata', `${DATABASE}.sql`), 'AT'),
    )
    expect((await definitions.repair()).sort()).toEqual([DATABASE, 'new'].sort())
    expect(readdirSync(folder())).toEqual([])
    expect(readdirSync(join(folder(), '..'))).toEqual([DATABASE])
  })

  test('are none before the first start', async () => {
    rmSync(join(engine, 'store'), { recursive: true })
    expect(await definitions.repair()).toEqual([])
  })
})
