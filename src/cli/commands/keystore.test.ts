import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Environment } from '../../config/environment.ts'
import { loadConfig } from '../../config/load-config.ts'
import { CommandError, type Command, type CommandInput } from '../command.ts'
import { addToKeystore, createKeystore, listKeystore, removeFromKeystore } from './keystore.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keystore-'))
})
afterEach(() => rm(folder, { recursive: true }))

const refuse = () => Promise.reject(new Error('not asked for'))

/** What a command prints; its error line when it is refused. */
async function run(
  command: Command,
  { words = [], options = {}, stdin = '', environment = {} }: Partial<Omit<CommandInput, 'stdin'>> & { stdin?: string } = {},
): Promise<string> {
  let out = ''
  const input: CommandInput = {
    words,
    options,
    environment,
    folder,
    stdin: Readable.from([stdin]),
    print: (text) => (out += text),
    programs: { start: refuse, lintPipelines: refuse, testPipeline: refuse },
  }
  try {
    await command.run(input)
    return out
  } catch (error) {
    if (error instanceof CommandError) return `error: ${error.message}`
    throw error
  }
}

const file = () => join(folder, 'elkhorn.keystore')
const nameOf = (environment: Environment = {}) =>
  loadConfig(undefined, { overrides: ['node.name=${ES_USER:nobody}'], environment, folder }).then(
    ({ config }) => config.node.name,
  )

test('values are added, listed by name, used before the environment, and removed', async () => {
  expect(await run(createKeystore)).toBe(
    `made ${file()}\nIt has no password: only its mode keeps others out. ELKHORN_KEYSTORE_PASS gives it one.\n`,
  )
  expect(await run(addToKeystore, { words: ['ES_USER', 'es_pwd'], stdin: 'writer\npässword \n' })).toBe('added es_user, es_pwd\n')
  expect(await run(listKeystore)).toBe('es_pwd\nes_user\n')
  expect(await nameOf({ ES_USER: 'from outside' })).toBe('writer')
  expect(await run(removeFromKeystore, { words: ['Es_User'] })).toBe('removed es_user\n')
  expect(await nameOf({ ES_USER: 'from outside' })).toBe('from outside')
  expect(await nameOf()).toBe('nobody')
})

test('the file is for its owner only, and shows neither names nor values', async () => {
  await run(createKeystore)
  await run(addToKeystore, { words: ['ES_PWD'], stdin: 's3cret' })
  expect((await stat(file())).mode & 0o777).toBe(0o600)
  const text = await readFile(file(), 'utf8')
  expect(text).not.toMatch(/s3cret|es_pwd/i)
})

test.each(['ELKHORN_KEYSTORE_PASS', 'LOGSTASH_KEYSTORE_PASS'])('a password of %s is asked for from then on', async (variable) => {
  const environment = { [variable]: 'open sesame' }
  expect(await run(createKeystore, { environment })).toBe(`made ${file()}\n`)
  await run(addToKeystore, { words: ['ES_USER'], stdin: 'writer', environment })
  expect(await nameOf(environment)).toBe('writer')
  await expect(nameOf()).rejects.toThrow('has a password: set ELKHORN_KEYSTORE_PASS or LOGSTASH_KEYSTORE_PASS')
  await expect(nameOf({ [variable]: 'sesame' })).rejects.toThrow('the password is another one, or the file was changed')
})

test.each([
  { name: 'an unprotected file is not taken for a protected one', from: '"protected": false', to: '"protected": true' },
  { name: 'a changed byte is noticed', from: /"data": "./, to: '"data": "!' },
])('$name', async ({ from, to }) => {
  await run(createKeystore)
  await run(addToKeystore, { words: ['ES_USER'], stdin: 'writer' })
  await writeFile(file(), (await readFile(file(), 'utf8')).replace(from, to))
  await expect(nameOf({ ELKHORN_KEYSTORE_PASS: 'elkhorn keystore without a password' })).rejects.toThrow(
    /cannot be decrypted|is no keystore/,
  )
})

test('a file that others may read is told', async () => {
  await run(createKeystore)
  const { chmod } = await import('node:fs/promises')
  await chmod(file(), 0o644)
  const { notes } = await loadConfig(undefined, { overrides: [], environment: {}, folder })
  expect(notes).toEqual([`${file()}: others may read the keystore; chmod 600 keeps them out`])
})

test.each([
  {
    name: 'no keystore',
    made: false,
    words: ['A'],
    stdin: 'x',
    want: /there is no keystore .*; elkhorn keystore create makes one/,
  },
  { name: 'no name', words: [], stdin: 'x', want: /expected a name/ },
  { name: 'an odd name', words: ['a-b'], stdin: 'x', want: /\[a-b\] cannot be a name/ },
  { name: 'no value', words: ['A'], stdin: '', want: /no value was given for \[A\]: nothing was added/ },
  { name: 'one value too few', words: ['A', 'B'], stdin: 'x\n', want: /no value was given for \[B\]: nothing was added/ },
])('$name is refused', async ({ made = true, words, stdin, want }) => {
  if (made) await run(createKeystore)
  expect(await run(addToKeystore, { words, stdin })).toMatch(want)
  expect(await run(listKeystore)).toMatch(made ? /^$/ : /there is no keystore/)
})

test('what is there is only replaced by force', async () => {
  await run(createKeystore)
  await run(addToKeystore, { words: ['ES_USER'], stdin: 'writer' })
  expect(await run(addToKeystore, { words: ['es_user'], stdin: 'reader' })).toMatch('--force replaces its value')
  expect(await nameOf()).toBe('writer')
  await run(addToKeystore, { words: ['es_user'], stdin: 'reader', options: { force: true } })
  expect(await nameOf()).toBe('reader')
  expect(await run(createKeystore)).toMatch('--force replaces it by an empty one')
  await run(createKeystore, { options: { force: true } })
  expect(await run(listKeystore)).toBe('')
  expect(await run(removeFromKeystore, { words: ['es_user'] })).toMatch('the keystore has no [es_user]: nothing was removed')
})
