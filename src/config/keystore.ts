import { createCipheriv, createDecipheriv, createHash, randomBytes, scrypt } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import { replaceDurably } from '../core/durable-files.ts'
import { ConfigError } from './config-error.ts'
import type { Environment } from './environment.ts'

/** Secrets by name; names are told apart without regard to case, and kept in lower case, as Logstash does. */
export type Secrets = ReadonlyMap<string, string>

/** The file lies beside `elkhorn.yml`, or in the current folder where there is none. */
const FILE = 'elkhorn.keystore'

/** The first that is set counts. */
const PASSWORD_VARIABLES = ['ELKHORN_KEYSTORE_PASS', 'LOGSTASH_KEYSTORE_PASS'] as const

/**
 * Encrypts where no password is set. It is no secret: such a file hides its values from a glance, and only its mode (0600)
 * keeps others out. Logstash does the same.
 */
const NO_PASSWORD = 'elkhorn keystore without a password'

/** What `${NAME}` can ask for. */
const NAME = /^[A-Za-z_.][A-Za-z0-9_.]*$/

/** The whole file. `tag` covers `format` and `protected`, too. */
const sealedSchema = z.strictObject({
  format: z.literal('elkhorn keystore 1: AES-256-GCM'),
  protected: z.boolean(),
  salt: z.base64(),
  nonce: z.base64(),
  tag: z.base64(),
  data: z.base64(),
})
const secretsSchema = z.record(z.string(), z.string())

/** 2^15 rounds of 8 blocks take 32 MB for a moment: OWASP's advice, and a start is not slower for it. */
const SCRYPT = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 } as const
const KEY_BYTES = 32

/** Nobody has to guess what is no secret: without a password there is nothing to make slow. */
function deriveKey(password: string | undefined, salt: Buffer): Promise<Buffer> {
  if (password === undefined) return Promise.resolve(createHash('sha256').update(salt).update(NO_PASSWORD).digest())
  return new Promise((resolve, reject) => {
    scrypt(password, salt, KEY_BYTES, SCRYPT, (error, key) => (error === null ? resolve(key) : reject(error)))
  })
}

/** @param config the configuration file, if one was named */
export function keystorePath(config: string | undefined, folder: string): string {
  return join(config === undefined ? folder : dirname(resolve(folder, config)), FILE)
}

/** Whether the environment has a password for key stores. */
export function hasKeystorePassword(environment: Environment): boolean {
  return passwordOf(environment) !== undefined
}

/** @throws ConfigError naming what is allowed */
export function checkSecretName(name: string): void {
  if (!NAME.test(name))
    throw new ConfigError([
      `keystore: [${name}] cannot be a name: letters, digits, _ and . are allowed, and no digit at the start`,
    ])
}

/**
 * The secrets of a file; `undefined` where there is none.
 * @throws ConfigError when it cannot be read or the password is not the one it was written with
 */
export async function loadSecrets(path: string, environment: Environment): Promise<Secrets | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new ConfigError([`cannot read the keystore [${path}]: ${String(code ?? error)}`])
  }
  const sealed = parseSealed(text, path)
  const password = passwordOf(environment)
  if (sealed.protected && password === undefined)
    throw new ConfigError([`the keystore [${path}] has a password: set ${PASSWORD_VARIABLES.join(' or ')}`])
  const key = await deriveKey(sealed.protected ? password : undefined, Buffer.from(sealed.salt, 'base64'))
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.nonce, 'base64'), { authTagLength: 16 })
    decipher.setAAD(headOf(sealed))
    decipher.setAuthTag(Buffer.from(sealed.tag, 'base64'))
    const plain = Buffer.concat([decipher.update(Buffer.from(sealed.data, 'base64')), decipher.final()])
    return new Map(Object.entries(secretsSchema.parse(JSON.parse(plain.toString('utf8')))))
  } catch {
    const why = sealed.protected ? 'the password is another one, or the file was changed' : 'the file was changed'
    throw new ConfigError([`the keystore [${path}] cannot be decrypted: ${why}`])
  }
}

/** Writes a file of mode 0600, in the place of the one there is. */
export async function saveSecrets(path: string, secrets: Secrets, environment: Environment): Promise<void> {
  const password = passwordOf(environment)
  const head = { format: sealedSchema.shape.format.value, protected: password !== undefined }
  const salt = randomBytes(16)
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', await deriveKey(password, salt), nonce)
  cipher.setAAD(headOf(head))
  const data = Buffer.concat([cipher.update(JSON.stringify(Object.fromEntries(secrets)), 'utf8'), cipher.final()])
  const sealed = {
    ...head,
    salt: salt.toString('base64'),
    nonce: nonce.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    data: data.toString('base64'),
  }
  await replaceDurably(path, `${JSON.stringify(sealed, undefined, 2)}\n`, 0o600)
}

/** Whether others than its owner may read the file. */
export async function isOpenToOthers(path: string): Promise<boolean> {
  return process.platform !== 'win32' && ((await stat(path)).mode & 0o077) !== 0
}

function parseSealed(text: string, path: string): z.output<typeof sealedSchema> {
  try {
    return sealedSchema.parse(JSON.parse(text))
  } catch {
    throw new ConfigError([
      `[${path}] is no keystore of Elkhorn: make one with [elkhorn keystore create] (those of Logstash and Elasticsearch cannot be read)`,
    ])
  }
}

function headOf(sealed: { readonly format: string; readonly protected: boolean }): Buffer {
  return Buffer.from(`${sealed.format}\n${sealed.protected}`)
}

function passwordOf(environment: Environment): string | undefined {
  for (const name of PASSWORD_VARIABLES) {
    const value = environment[name]
    if (value !== undefined && value !== '') return value
  }
  return undefined
}
