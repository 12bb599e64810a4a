import { createInterface } from 'node:readline'
import { ConfigError } from '../../config/config-error.ts'
import {
  checkSecretName,
  hasKeystorePassword,
  keystorePath,
  loadSecrets,
  saveSecrets,
  type Secrets,
} from '../../config/keystore.ts'
import { CommandError, stringOption, type Command, type CommandInput } from '../command.ts'
import { configOptions } from '../config-options.ts'
import { readSecret } from '../read-secret.ts'

const ABOUT = `Secrets for \${NAME} in elkhorn.yml, pipelines.yml and pipelines: the keystore is asked first, then the environment.
It is the file elkhorn.keystore beside elkhorn.yml, encrypted, for its owner only. ELKHORN_KEYSTORE_PASS or
LOGSTASH_KEYSTORE_PASS is its password, here and when Elkhorn starts; without one the values are only hidden from
a glance, and whoever can read the file can read them.`

const { config } = configOptions

const force = { type: 'boolean', short: 'f', summary: 'replaces what is there' } as const

export const createKeystore: Command = {
  name: 'keystore create',
  summary: 'Makes an empty keystore.',
  usage: '[--force]',
  details: ABOUT,
  options: { config, force },
  run: async (input) => {
    const path = pathOf(input)
    if (input.options['force'] !== true && (await open(input)) !== undefined)
      throw new CommandError(`there is a keystore already [${path}]; --force replaces it by an empty one`)
    await saveSecrets(path, new Map(), input.environment)
    input.print(`made ${path}\n`)
    if (!hasKeystorePassword(input.environment))
      input.print('It has no password: only its mode keeps others out. ELKHORN_KEYSTORE_PASS gives it one.\n')
    return 0
  },
}

export const listKeystore: Command = {
  name: 'keystore list',
  summary: 'Lists the names in the keystore.',
  usage: '',
  options: { config },
  run: async (input) => {
    for (const name of [...(await opened(input)).keys()].toSorted()) input.print(`${name}\n`)
    return 0
  },
}

export const addToKeystore: Command = {
  name: 'keystore add',
  summary: 'Puts values into the keystore: asked for, or lines of the standard input.',
  usage: 'NAME… [--stdin] [--force]',
  details: ABOUT,
  options: {
    config,
    force,
    stdin: { type: 'boolean', short: 'x', summary: 'reads the values from the standard input, a line each' },
  },
  run: async (input) => {
    if (input.words.length === 0) throw new CommandError('elkhorn keystore add: expected a name')
    const secrets = new Map(await opened(input))
    for (const name of input.words) {
      await plainly(() => checkSecretName(name))
      if (secrets.has(name.toLowerCase()) && input.options['force'] !== true)
        throw new CommandError(`the keystore has [${name}] already; --force replaces its value`)
    }
    const isAsked = input.options['stdin'] !== true && 'isTTY' in input.stdin && input.stdin.isTTY === true
    const lines = isAsked ? undefined : createInterface({ input: input.stdin, crlfDelay: Infinity })[Symbol.asyncIterator]()
    for (const name of input.words) {
      const value =
        lines === undefined
          ? await readSecret(process.stdin, (text) => input.print(text), `value of ${name}: `)
          : String((await lines.next()).value ?? '')
      if (value === '') throw new CommandError(`no value was given for [${name}]: nothing was added`)
      secrets.set(name.toLowerCase(), value)
    }
    await saveSecrets(pathOf(input), secrets, input.environment)
    input.print(`added ${input.words.map((name) => name.toLowerCase()).join(', ')}\n`)
    return 0
  },
}

export const removeFromKeystore: Command = {
  name: 'keystore remove',
  summary: 'Takes values out of the keystore.',
  usage: 'NAME…',
  options: { config },
  run: async (input) => {
    if (input.words.length === 0) throw new CommandError('elkhorn keystore remove: expected a name')
    const secrets = new Map(await opened(input))
    for (const name of input.words) {
      if (!secrets.delete(name.toLowerCase())) throw new CommandError(`the keystore has no [${name}]: nothing was removed`)
    }
    await saveSecrets(pathOf(input), secrets, input.environment)
    input.print(`removed ${input.words.map((name) => name.toLowerCase()).join(', ')}\n`)
    return 0
  },
}

const pathOf = (input: CommandInput): string => keystorePath(stringOption(input, 'config'), input.folder)

const open = (input: CommandInput): Promise<Secrets | undefined> => plainly(() => loadSecrets(pathOf(input), input.environment))

async function opened(input: CommandInput): Promise<Secrets> {
  const secrets = await open(input)
  if (secrets === undefined) throw new CommandError(`there is no keystore [${pathOf(input)}]; elkhorn keystore create makes one`)
  return secrets
}

/** What is wrong with a keystore is one line for the user. */
async function plainly<Result>(work: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ConfigError) throw new CommandError(error.message)
    throw error
  }
}
