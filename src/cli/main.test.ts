import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import type { StartOptions } from './command.ts'
import { commands } from './commands.ts'
import { lintPipelines, testPipeline } from '../compose/pipeline-tools.ts'
import { runCommandLine } from './main.ts'

async function run(...args: string[]): Promise<{ code: number; out: string; err: string; started: StartOptions[] }> {
  const started: StartOptions[] = []
  let out = ''
  let err = ''
  const code = await runCommandLine(
    args,
    { start: (options) => (started.push(options), Promise.resolve(0)), lintPipelines, testPipeline },
    { stdin: Readable.from([]), stdout: { write: (text) => (out += text) }, stderr: { write: (text) => (err += text) } },
  )
  return { code, out, err, started }
}

test.each([
  {
    name: 'options of start',
    args: ['start', '--data', 'd', '--no-sample', '--set', 'api.port=0', '--set', 'ui.port=0', '--config', 'x.yml'],
    want: { config: 'x.yml', overrides: ['api.port=0', 'ui.port=0', 'data.path=d', 'sample.enabled=false'] },
  },
  {
    name: 'start is meant without a command',
    args: ['--no-sample'],
    want: { config: undefined, overrides: ['sample.enabled=false'] },
  },
  { name: 'nothing at all', args: [], want: { config: undefined, overrides: [] } },
])('$name', async ({ args, want }) => {
  expect((await run(...args)).started).toEqual([want])
})

test.each([
  { args: ['strat'], want: 'unknown command [strat]; did you mean [start]?\n' },
  { args: ['frobnicate'], want: 'unknown command [frobnicate]; elkhorn --help lists them\n' },
  { args: ['users'], want: 'elkhorn users: expected one of list, reset-password\n' },
  { args: ['start', '--dta', 'x'], want: 'elkhorn start: unknown option [--dta]; did you mean [--data]?\n' },
  { args: ['start', '--set'], want: "elkhorn start: Option '--set <value>' argument missing\n" },
  {
    args: ['status', '--data', '/nowhere/at/all'],
    want: 'Elkhorn is not running with data folder [/nowhere/at/all]; start it, or name its folder with --data\n',
  },
  { args: ['status', '--set', 'dta.path=x'], want: '--set: unknown key [dta.path]; did you mean [data.path]?\n' },
  { args: ['logs', '--data', '/nowhere'], want: 'there is no log yet: [/nowhere/logs/elkhorn.log]\n' },
])('$args is one line on stderr and exit code 1', async ({ args, want }) => {
  expect(await run(...args)).toEqual({ code: 1, out: '', err: want, started: [] })
})

test.each(commands.map((command) => ({ name: command.name, command })))(
  'the help of $name says what it does and its options',
  async ({ name, command }) => {
    const { out, code } = await run(...name.split(' '), '--help')
    expect(code).toBe(0)
    expect(out.startsWith(`${command.summary}\n\nUsage: elkhorn ${name}`)).toBe(true)
    for (const option of Object.keys(command.options)) expect(out).toContain(`--${option}`)
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120)
  },
)

test('the overview lists every command', async () => {
  const { out } = await run('--help')
  for (const { name, summary } of commands) expect(out).toMatch(new RegExp(`^  ${name} +${summary.slice(0, 20)}`, 'm'))
})

test('pipeline lint names file, line and column', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'elkhorn-lint-'))
  const good = join(folder, 'good.conf')
  const bad = join(folder, 'bad.conf')
  await writeFile(good, 'input { stdin {} } filter { mutate { add_tag => ["x"] } } output { stdout {} }')
  await writeFile(bad, 'filter {\n  mutaet { }\n}\n')
  expect(await run('pipeline', 'lint', good)).toMatchObject({ code: 0, out: '', err: '' })
  const { code, out } = await run('pipeline', 'lint', folder)
  expect(code).toBe(1)
  expect(out).toMatch(new RegExp(`^${bad}:2:3: .*mutaet`))
  expect(await run('pipeline', 'lint', join(folder, 'none'))).toMatchObject({
    code: 1,
    err: `cannot read [${join(folder, 'none')}]: no such file\n`,
  })
  await rm(folder, { recursive: true })
})

test('pipeline test prints what each filter changed, and where an event would go', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'elkhorn-test-'))
  const file = join(folder, 'p.conf')
  await writeFile(
    file,
    `filter {
  grok { match => { "message" => "%{LOGLEVEL:level} %{NUMBER:t:float}" } }
  if [level] == "DEBUG" { drop {} }
  mutate { rename => { "t" => "[reading][t]" } remove_field => ["message", "event"] }
}
output {
  if [level] == "ERROR" { stdout {} }
  elasticsearch { index => "x" }
}`,
  )
  let out = ''
  const streams = {
    stdin: Readable.from(['ERROR 20.5\n', '{"message": "DEBUG 1", "a": 1}\n']),
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (out += text) },
  }
  const programs = { start: () => Promise.resolve(0), lintPipelines, testPipeline }
  expect(await runCommandLine(['pipeline', 'test', file], programs, streams)).toBe(0)
  expect(out.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'NOW')).toBe(`event 1: ERROR 20.5
  grok (line 2)
    + [level]: "ERROR"
    + [t]: 20.5
  mutate (line 4)
    - [message]: "ERROR 20.5"
    - [event]: {"original":"ERROR 20.5"}
    - [t]: 20.5
    + [reading]: {"t":20.5}
  → stdout (line 7), elasticsearch (line 8)
  {"@timestamp":"NOW","@version":"1","level":"ERROR","reading":{"t":20.5}}
event 2: {"message": "DEBUG 1", "a": 1}
  grok (line 2)
    + [level]: "DEBUG"
    + [t]: 1.0
  drop (line 3)
    the event is dropped, or held back
`)
  await rm(folder, { recursive: true })
})
