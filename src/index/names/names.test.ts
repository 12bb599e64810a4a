import { createIngest } from '../../compose/ingest.ts'
import { Scripts } from '../../script/scripts.ts'
import { describe, expect, test } from 'vitest'
import { internalAccess, type IndexAccess } from '../../core/access.ts'
import { silentLog } from '../../core/log.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import { MemoryEngine } from '../../engine/memory/memory-engine.ts'
import { Catalog } from '../catalog.ts'
import { EnrichPolicies } from '../enrich/enrich-policies.ts'
import { engineHost } from '../engine-host.ts'
import type { IndexContext } from '../index-context.ts'
import { memoryMetadataStore } from '../metadata-store.ts'
import { closeIndices } from '../operations/change-index.ts'
import { createIndex } from '../operations/create-index.ts'
import { createDataStream } from '../operations/data-streams.ts'
import { putIndexTemplate } from '../operations/put-templates.ts'
import { noReaders } from '../search/open-readers.ts'
import { resolveDateMathName } from './date-math-name.ts'
import { parseIndexName } from './index-name.ts'
import { resolveIndices, searchOptions, type IndicesOptions } from './resolve-names.ts'

const NOW = Date.parse('2026-11-21T22:30:00Z')

describe('names of indices', () => {
  test.each(['a', 'logs-2026.11.21', '.hidden', 'é', 'a_b-c+d'])('%s is one', (name) => {
    expect(parseIndexName(name)).toBe(name)
  })

  test.each([
    { name: '', why: 'must not be empty' },
    { name: 'A', why: 'must be lowercase' },
    { name: '_a', why: "must not start with '_', '-', or '+'" },
    { name: 'a b', why: 'must not contain the following characters' },
    { name: 'a/b', why: 'must not contain the following characters' },
    { name: 'a#b', why: "must not contain '#'" },
    { name: '..', why: "must not be '.' or '..'" },
    { name: 'x'.repeat(256), why: 'index name is too long, (256 > 255)' },
  ])('$name $why', ({ name, why }) => {
    expect(() => parseIndexName(name)).toThrow(
      expect.objectContaining({ type: 'invalid_index_name_exception', reason: expect.stringContaining(why) }),
    )
  })
})

describe('date expressions', () => {
  test.each([
    { name: 'plain', want: 'plain' },
    { name: '<logs-{now/d}>', want: 'logs-2026.11.21' },
    { name: '<logs-{now/M-1M{yyyy.MM}}>', want: 'logs-2026.10' },
    { name: '<logs-{now/d{yyyy.MM.dd|+12:00}}>', want: 'logs-2026.11.22' },
    { name: '<a\\{b\\}-{now/d{dd}}-c>', want: 'a{b}-21-c' },
  ])('$name', ({ name, want }) => {
    expect(resolveDateMathName(name, NOW)).toBe(want)
  })

  test.each(['<logs-{now/d>', '<logs-{now/d{}}>', '<{}>', '<a}>'])('%s makes no sense', (name) => {
    expect(() => resolveDateMathName(name, NOW)).toThrow('invalid dynamic name expression')
  })
})

async function world(): Promise<IndexContext> {
  const metadata = memoryMetadataStore()
  const catalog = new Catalog(metadata)
  const engine = new MemoryEngine(engineHost(catalog).map)
  const clock = { now: () => NOW }
  const scripts = new Scripts(metadata.section('scripts'), clock)
  let uuids = 0
  const context: IndexContext = {
    catalog,
    engine,
    clock,
    scripts,
    enrich: new EnrichPolicies(metadata.section('enrich_policies')),
    ingest: await createIngest(metadata, scripts, clock),
    newUuid: () => `uuid${uuids++}`,
    log: silentLog,
    readers: noReaders(clock),
  }
  await createIndex(context, { name: 'logs-a', aliases: { logs: {}, writer: { is_write_index: true } } })
  await createIndex(context, { name: 'logs-b', aliases: { logs: {} } })
  await createIndex(context, { name: 'secret', settings: { 'index.hidden': 'true' } })
  await createIndex(context, { name: '.dot', settings: { 'index.hidden': 'true' } })
  const closed = await createIndex(context, { name: 'logs-closed' })
  await closeIndices(context, [closed])
  await putIndexTemplate(catalog, 't', { indexPatterns: ['stream-*'], composedOf: [], dataStream: {} }, { create: false })
  await createDataStream(context, 'stream-x')
  return context
}

async function resolve(
  names: readonly string[],
  options: Partial<IndicesOptions> = {},
  access: IndexAccess = internalAccess,
): Promise<string[]> {
  const { catalog } = await world()
  const resolved = resolveIndices({ catalog, access, action: 'indices:data/read/search', now: NOW }, names, {
    ...searchOptions,
    ...options,
  })
  return resolved.map(({ index }) => index.name)
}

const BACKING = '.ds-stream-x-2026.11.21-000001'

describe('resolving', () => {
  test.each([
    { names: [], want: ['logs-a', 'logs-b', BACKING] },
    { names: ['_all'], want: ['logs-a', 'logs-b', BACKING] },
    { names: ['logs-*'], want: ['logs-a', 'logs-b'] },
    { names: ['logs'], want: ['logs-a', 'logs-b'] },
    { names: ['*', '-logs-a', '-logs', '-writer'], want: ['logs-b', BACKING] },
    { names: ['stream-x'], want: [BACKING] },
    { names: ['nope*'], want: [] },
    { names: ['.d*'], want: ['.dot', BACKING] },
    { names: ['secret'], want: ['secret'] },
    { names: ['s*'], options: { expandHidden: true }, want: ['secret', BACKING] },
    { names: ['logs-*'], options: { expandClosed: true, forbidClosed: false }, want: ['logs-a', 'logs-b', 'logs-closed'] },
    { names: ['logs-closed', 'nope', 'logs-a'], options: { ignoreUnavailable: true }, want: ['logs-a'] },
    { names: ['<logs-{now/d{a}}>'], options: { ignoreUnavailable: true }, want: [] },
  ])('$names $options', async ({ names, options, want }) => {
    expect(await resolve(names, options)).toEqual(want)
  })

  test.each([
    { names: ['nope'], type: 'index_not_found_exception', status: 404 },
    { names: ['nope*'], options: { allowNoIndices: false }, type: 'index_not_found_exception', status: 404 },
    { names: ['logs-closed'], type: 'index_closed_exception', status: 400 },
    { names: ['_nope'], type: 'invalid_index_name_exception', status: 400 },
  ])('$names is $type', async ({ names, options, type, status }) => {
    await expect(resolve(names, options)).rejects.toMatchObject({ type, status })
  })

  describe('for somebody who may see logs-a only', () => {
    const access: IndexAccess = { ...internalAccess, allows: (_privilege, index) => matchesWildcard('logs-a*', index) }

    test('wildcards expand to what is allowed', async () => {
      expect(await resolve(['*'], {}, access)).toEqual(['logs-a'])
    })

    test('other names are refused, whether they exist or not', async () => {
      await expect(resolve(['logs-b'], {}, access)).rejects.toMatchObject({ status: 403 })
      await expect(resolve(['nope'], {}, access)).rejects.toMatchObject({ status: 403 })
      expect(await resolve(['logs-b', 'logs-a'], { ignoreUnavailable: true }, access)).toEqual(['logs-a'])
    })

    test('an alias grants nothing that its name is not allowed', async () => {
      await expect(resolve(['logs'], {}, access)).rejects.toMatchObject({ status: 403 })
    })
  })
})
