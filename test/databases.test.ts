import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { createEvent, type Event, type Fields } from '../src/core/event.ts'
import { printFields } from '../src/core/event-json.ts'
import { utc } from '../src/core/dates/time-zone.ts'
import { parseJdbcAddress } from '../src/plugins/database/address.ts'
import type { Database } from '../src/plugins/database/database.ts'
import { openDatabase } from '../src/plugins/database/open-database.ts'
import type { Filter } from '../src/plugins/plugin.ts'
import { pluginTables } from '../src/plugins/tables.ts'
import { testContext } from '../src/plugins/test-context.ts'
import { startInput, stopInputs } from '../src/plugins/test-input.ts'
import { fetchDebianPackages, type Unpacked } from './support/debian-packages.ts'

// The plug-ins for databases against PostgreSQL and MariaDB as Debian has them.

const folder = mkdtempSync(join(tmpdir(), 'elkhorn-databases-'))
chmodSync(folder, 0o755)
const running: ChildProcess[] = []
const databases: Database[] = []
afterEach(stopInputs)
afterAll(async () => {
  for (const database of databases) await database.close()
  for (const child of running) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** Neither server runs as root; `nobody` can do it. */
const nobody: { uid?: number; gid?: number } = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

/** Resolves when the program has said that it is ready; `undefined` when it ended before. */
async function launch(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  ready: RegExp,
): Promise<ChildProcess | undefined> {
  const child = spawn(program, args, { ...nobody, env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  running.push(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await expect.poll(() => child.exitCode !== null || ready.test(said), { timeout: 60_000 }).toBe(true)
  return child.exitCode === null ? child : undefined
}

/** Neither server takes a free port by itself: ports are tried. @returns the connection string */
async function onSomePort(
  start: (port: number) => Promise<ChildProcess | undefined>,
  url: (port: number) => string,
): Promise<string> {
  const first = 20_000 + (process.pid % 20_000)
  for (let port = first; port < first + 50; port++) if ((await start(port)) !== undefined) return url(port)
  throw new Error('the server does not start')
}

function folderOfNobody(name: string): string {
  const data = join(folder, name)
  mkdirSync(data)
  if (nobody.uid !== undefined && nobody.gid !== undefined) chownSync(data, nobody.uid, nobody.gid)
  return data
}

async function startPostgresql({ root, env }: Unpacked): Promise<string> {
  const bin = join(root, 'usr/lib/postgresql/15/bin')
  const data = folderOfNobody('postgresql')
  await launch(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'elkhorn', '-A', 'trust', '--no-sync', '--locale=C.UTF-8'],
    env,
    /never said/,
  )
  return onSomePort(
    (port) =>
      launch(join(bin, 'postgres'), ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', '', '-F'], env, /ready to accept/),
    (port) => `jdbc:postgresql://127.0.0.1:${port}/postgres?user=elkhorn`,
  )
}

async function startMariadb({ root, env }: Unpacked): Promise<string> {
  const data = folderOfNobody('mariadb')
  const share = join(root, 'usr/share/mysql')
  const args = ['--no-defaults', `--datadir=${data}`, `--lc-messages-dir=${share}`, `--character-sets-dir=${share}/charsets`]
  return onSomePort(
    (port) =>
      launch(
        join(root, 'usr/sbin/mariadbd'),
        [...args, '--skip-grant-tables', '--bind-address=127.0.0.1', `--port=${port}`, `--socket=${data}/socket`],
        env,
        /ready for connections/,
      ),
    (port) => `jdbc:mariadb://127.0.0.1:${port}/?user=root`,
  )
}

const SERVERS = [
  {
    name: 'PostgreSQL',
    packages: ['postgresql-15', 'libpq5'],
    start: startPostgresql,
    types: `CREATE TABLE readings (id bigint PRIMARY KEY, "Device" varchar(20), ratio numeric(5,2), ok boolean,
      taken timestamp, stored timestamptz, day date, extra jsonb, raw bytea)`,
    bytes: String.raw`'\x6162'`,
  },
  {
    name: 'MariaDB',
    packages: ['mariadb-server-core', 'mariadb-common', 'libaio1', 'libnuma1', 'liburing2', 'libpcre2-8-0'],
    start: startMariadb,
    types: `CREATE TABLE readings (id bigint PRIMARY KEY, Device varchar(20), ratio decimal(5,2), ok boolean,
      taken datetime(6), stored timestamp(6), day date, extra longtext, raw blob)`,
    bytes: "x'6162'",
  },
]

for (const server of SERVERS) {
  const unpacked = await fetchDebianPackages(server.name.toLowerCase(), server.packages)
  if (unpacked === undefined) process.stderr.write(`skipped: Debian's packages of ${server.name} could not be had\n`)

  describe.runIf(unpacked !== undefined)(`plug-ins at ${server.name}`, () => {
    let url = ''
    let database: Database
    const ask = async (sql: string): Promise<unknown> => {
      const rows = []
      for await (const batch of database.query({ pieces: [sql], values: [] })) rows.push(...batch.rows)
      return JSON.parse(JSON.stringify(rows))
    }

    test('starts', async () => {
      if (unpacked === undefined) throw new Error('there is no server')
      url = await server.start(unpacked)
      const open = async (address: string): Promise<Database> => {
        const opened = await openDatabase({
          plugin: 'test',
          address: parseJdbcAddress(address),
          user: parseJdbcAddress(address).user,
          password: undefined,
          zone: utc,
          connectTimeoutMs: 5_000,
        })
        databases.push(opened)
        return opened
      }
      database = await open(url)
      if (server.name === 'MariaDB') {
        await ask('CREATE DATABASE plant')
        url = url.replace('/?', '/plant?')
        database = await open(url)
      }
      await ask(server.types)
      const taken = `'2024-05-01 10:00:00.123456'`
      await ask(
        `INSERT INTO readings VALUES (1, 'präzise', 20.00, true, ${taken}, ${taken}, '2024-05-01', '{"a": 1}', ${server.bytes})`,
      )
      await ask('INSERT INTO readings (id, ratio) VALUES (9007199254740993, 0.25)')
      expect(await ask('SELECT count(*) FROM readings')).toEqual([[2]])
    })

    test('types become fields, names lower case', async () => {
      const { events } = await startInput(
        'jdbc',
        { jdbc_connection_string: url, statement: 'SELECT * FROM readings ORDER BY id' },
        { dataDir: join(folder, 'types', server.name) },
      )
      await expect.poll(() => events.length).toBe(2)
      expect(events.map(({ fields }) => printFields(fields))).toEqual([
        '{"id":1,"device":"präzise","ratio":20.0,"ok":true,"taken":"2024-05-01T10:00:00.123456Z","stored":"2024-05-01T10:00:00.123456Z","day":"2024-05-01T00:00:00.000Z","extra":"{\\"a\\": 1}","raw":"ab"}',
        '{"id":9007199254740993,"device":null,"ratio":0.25,"ok":null,"taken":null,"stored":null,"day":null,"extra":null,"raw":null}',
      ])
    })

    test('times without a zone are those of the zone that is named', async () => {
      const { fields } = await startInput(
        'jdbc',
        {
          jdbc_connection_string: url,
          jdbc_default_timezone: 'Asia/Kolkata',
          parameters: { id: 1 },
          statement: 'SELECT taken, stored, day FROM readings WHERE id = :id',
          target: '[db]',
        },
        { dataDir: join(folder, 'zones', server.name) },
      )
      await expect.poll(() => fields().length).toBe(1)
      expect(fields()).toEqual([
        { db: { taken: '2024-05-01T04:30:00.123456Z', stored: '2024-05-01T10:00:00.123456Z', day: '2024-04-30T18:30:00.000Z' } },
      ])
    })

    test('reading goes on where it was when the events were stored, also after a restart', async () => {
      await ask('CREATE TABLE orders (id int, at timestamp)')
      const insert = (from: number, to: number): Promise<unknown> =>
        ask(
          `INSERT INTO orders VALUES ${Array.from({ length: to - from }, (_, i) => `(${from + i}, '2024-05-01 10:00:00')`).join()}`,
        )
      await insert(0, 2500)
      const dataDir = join(folder, 'orders', server.name)
      const options = {
        jdbc_connection_string: url,
        statement: 'SELECT id FROM orders WHERE id > :sql_last_value ORDER BY id',
        use_column_value: true,
        tracking_column: 'id',
        schedule: { every: '20 ms' },
      }
      const ids = (fields: readonly unknown[]): number[] => fields.map((one) => (one as { id: number }).id)
      const first = await startInput('jdbc', options, { dataDir })
      await expect.poll(() => first.events.length).toBe(2499)
      await insert(2500, 2503)
      await expect.poll(() => ids(first.fields()).slice(2499)).toEqual([2500, 2501, 2502])
      await expect.poll(() => readFileSync(join(dataDir, 'sql_last_value'), 'utf8')).toBe('--- 2502\n')
      first.outcome.error = new Error('the store is full')
      await insert(2503, 2504)
      await expect.poll(() => first.events.length).toBeGreaterThan(2504) // again and again
      await stopInputs()
      const second = await startInput('jdbc', options, { dataDir })
      await expect.poll(() => ids(second.fields())).toEqual([2503])
      const byTime = {
        ...options,
        tracking_column: 'at',
        tracking_column_type: 'timestamp',
        clean_run: true,
        statement: 'SELECT * FROM orders WHERE at > :sql_last_value',
      }
      const third = await startInput('jdbc', byTime, { dataDir: join(dataDir, 'times') })
      await expect.poll(() => third.events.length).toBe(2504)
      await expect
        .poll(() => readFileSync(join(dataDir, 'times', 'sql_last_value'), 'utf8'))
        .toContain('--- 2024-05-01 10:00:00.000000000 Z')
      await ask("INSERT INTO orders VALUES (7000, '2024-05-01 10:00:01')")
      await expect.poll(() => ids(third.fields()).slice(2504)).toEqual([7000])
    })

    test('pages, and question marks', async () => {
      const { fields } = await startInput(
        'jdbc',
        {
          jdbc_connection_string: url,
          statement: 'SELECT id FROM orders WHERE id < 25 ORDER BY id LIMIT :size OFFSET :offset',
          jdbc_paging_enabled: true,
          jdbc_paging_mode: 'explicit',
          jdbc_page_size: 10,
        },
        { dataDir: join(folder, 'pages', server.name) },
      )
      await expect.poll(() => fields().length).toBe(25)
      const prepared = await startInput(
        'jdbc',
        {
          jdbc_connection_string: url,
          statement: 'SELECT id FROM orders WHERE id > ? AND id < ?',
          use_prepared_statements: true,
          prepared_statement_bind_values: [':sql_last_value', '3'],
          use_column_value: true,
          tracking_column: 'id',
        },
        { dataDir: join(folder, 'prepared', server.name) },
      )
      await expect.poll(() => prepared.fields()).toEqual([{ id: 1 }, { id: 2 }])
    })

    test('a lookup fills a field with rows, or with what stands for none', async () => {
      const run = filter('jdbc_streaming', {
        jdbc_connection_string: url,
        statement: 'SELECT id, ratio FROM readings WHERE id = :reading',
        parameters: { reading: '[reading]' },
        target: 'found',
        default_hash: { id: 'none' },
      })
      const { events } = await run({ reading: 1 }, { reading: 2 }, { other: 1 })
      expect(events.map(({ fields }) => JSON.parse(printFields(fields)) as unknown)).toEqual([
        { reading: 1, found: [{ id: 1, ratio: 20 }] },
        { reading: 2, found: [{ id: 'none' }], tags: ['_jdbcstreamingdefaultused'] },
        { other: 1, found: [{ id: 'none' }], tags: ['_jdbcstreamingdefaultused'] },
      ])
      const broken = filter('jdbc_streaming', { jdbc_connection_string: url, statement: 'SELECT nothing', target: 'found' })
      expect((await broken({})).events[0]?.fields).toEqual({ found: [{}], tags: ['_jdbcstreamingfailure'] })
      // After a failure the connection is made anew.
      expect((await run({ reading: 1, again: true })).events[0]?.fields['found']).toHaveLength(1)
    })

    test('events are written; what the database refuses is a dead letter', async () => {
      await ask('CREATE TABLE alarms (device varchar(20), level int, at timestamp NULL)')
      const plugin = pluginTables.outputs.find(({ name }) => name === 'jdbc')
      const codec = pluginTables.codecs.find(({ name }) => name === 'plain')
      if (plugin === undefined || codec === undefined) throw new Error('no such output')
      const refused: string[] = []
      const output = plugin.create(
        plugin.config.parse({
          connection_string: url,
          statement: ['INSERT INTO alarms VALUES (?, ?, ?)', '%{[device][id]}', 'level', '@timestamp'],
        }),
        {
          ...testContext(),
          codec: codec.create(codec.config.parse({}), testContext()),
          signal: new AbortController().signal,
          deadLetter: (event, { reason }) => {
            refused.push(`${String(event.fields['level'])}: ${reason}`)
            return Promise.resolve()
          },
        },
      )
      await output.write([
        createEvent({ device: { id: 'p-1' }, level: 1 }),
        createEvent({ device: { id: 'p-2' }, level: 'high' }),
        createEvent({ device: { id: 'p-3' } }),
      ])
      expect(refused).toEqual([expect.stringContaining('high')])
      expect(await ask('SELECT device, level FROM alarms ORDER BY device')).toEqual([
        ['p-1', 1],
        ['p-3', null],
      ])
      await output.close?.()
    })
  })
}

function filter(name: string, options: object): (...fields: readonly Fields[]) => Promise<{ events: Event[] }> {
  const plugin = pluginTables.filters.find((one) => one.name === name)
  const made: Filter | undefined = plugin?.create(plugin.config.parse(options), testContext())
  if (made === undefined || !('processBatch' in made)) throw new Error('no such filter')
  return async (...fields) => {
    const events = fields.map((one) => createEvent(one))
    await made.processBatch(events, { add: () => undefined, addMatched: () => undefined })
    return { events }
  }
}
