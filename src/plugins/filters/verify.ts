import { createDecipheriv, createHmac, createPublicKey, timingSafeEqual, verify as verifySignature } from 'node:crypto'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { addTag, type Event, type FieldValue } from '../../core/event.ts'
import { fieldText, parseEventJson } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { readTextFile } from '../missing-file.ts'
import { choice, flag, list, number, password, path, text } from '../options.ts'
import { defineFilter } from '../plugin.ts'
import { ReloadedFile } from '../reloaded-file.ts'

/** What AES-GCM puts in front of and behind the text: NIST SP 800-38D recommends 96 bits, and tags of 128. */
const NONCE_BYTES = 12
const TAG_BYTES = 16

const config = z.strictObject({
  method: choice('aes-gcm', 'hmac-sha256', 'ed25519')
    .default('aes-gcm')
    .describe('`aes-gcm` decrypts; the others check the signature of a text.'),
  source: text().default('message').describe('Field with the payload: nonce, text and tag together, or the text that is signed.'),
  target: text().optional().describe('Field that gets the decrypted text, or the object that it holds. `source` when absent.'),
  signature: text().default('[signature]').describe('Field with the signature, for the methods that check one.'),
  encoding: choice('base64', 'hex')
    .default('base64')
    .describe('How payload and signature are written. Keys tell it by themselves.'),
  key_id: text().default('%{[device][id]}').describe('Whose key it is, with references.'),
  keys_path: path().optional().describe('File of ids and keys, YAML or JSON: hexadecimal, base64, or PEM for `ed25519`.'),
  refresh_interval: number({ min: 0 }).default(60).describe('Seconds after which the file is looked at again.'),
  key: password().optional().describe('One key for all instead of a file.'),
  associated_data: text().default('').describe('What else the tag of AES-GCM covers, with references.'),
  parse_json: flag().default(true).describe('Whether a decrypted object of JSON becomes fields.'),
  remove_signature: flag().default(true).describe('Whether a signature that is right is taken away.'),
  tag_on_failure: list()
    .default(['_verifyfailure'])
    .describe('Tags of events that fail. The reason is in `[@metadata][verify]`.'),
})

type Options = z.output<typeof config>

/** Of the examples. */
const KEY = '000102030405060708090a0b0c0d0e0f'
const NONCE = '000000000000000000000001'

export const verify = defineFilter({
  name: 'verify',
  summary: 'Decrypts payloads of devices (AES-GCM) and checks their signatures, with a key for each device.',
  config,
  examples: [
    {
      title: 'An encrypted reading',
      config: { key: KEY, encoding: 'hex', source: 'p', target: 'reading', remove_field: 'p' },
      in: { p: `${NONCE}c1f7db41f7dbf8007b39089fa767745e2410951905ba12d5ec90` },
      out: { reading: { t: 22.5 } },
    },
    {
      title: 'One that was changed on its way',
      config: { key: KEY, encoding: 'hex', source: 'p', target: 'reading' },
      in: { p: `${NONCE}c1f7db41f7dbf8007b39089fa767745e2410951905ba12d5ec91` },
      out: { p: `${NONCE}c1f7db41f7dbf8007b39089fa767745e2410951905ba12d5ec91`, tags: ['_verifyfailure'] },
    },
    {
      title: 'A signed command',
      config: { key: KEY, method: 'hmac-sha256', source: 'command' },
      in: { command: 'open', signature: '7pK05avwLpFX/9IwOhtdDP+sE3MIi5yyIVJRzwFPJq0=' },
      out: { command: 'open' },
    },
  ],
  create(options, { clock, log }) {
    if ((options.key === undefined) === (options.keys_path === undefined))
      throw new Error('[verify] needs key or keys_path, and not both')
    const source = fieldPath(options.source)
    const target = fieldPath(options.target ?? options.source)
    const signature = fieldPath(options.signature)
    const keyId = compileTemplate(options.key_id)
    const associated = compileTemplate(options.associated_data)
    const file =
      options.keys_path === undefined
        ? undefined
        : new ReloadedFile(options.keys_path, options.refresh_interval * 1000, clock, log, readKeys)

    const keyOf = (event: Event): string => {
      if (options.key !== undefined) return options.key
      const id = keyId.print(event)
      const key = file?.value?.get(id)
      if (key === undefined) throw new VerifyError(`there is no key of [${id}]`)
      return key
    }
    const check = (event: Event): void => {
      const payload = source.get(event)
      if (typeof payload !== 'string')
        throw new VerifyError(`[${source.text}] is ${payload === undefined ? 'missing' : 'no text'}`)
      const key = keyOf(event)
      if (options.method === 'aes-gcm') {
        const plain = decrypt(payload, key, associated.print(event), options)
        target.set(event, options.parse_json ? parsed(plain) : plain)
        return
      }
      const given = signature.get(event)
      if (typeof given !== 'string') throw new VerifyError(`[${signature.text}] is missing`)
      const right = isSignedBy(options.method, payload, Buffer.from(given, options.encoding), key)
      if (!right) throw new VerifyError('the signature is wrong')
      if (options.remove_signature) signature.remove(event)
    }
    return {
      async open() {
        await file?.open()
      },
      process(event) {
        try {
          check(event)
          return 'matched'
        } catch (error) {
          if (!(error instanceof VerifyError)) throw error
          event.metadata['verify'] = { reason: error.message }
          addTag(event, ...options.tag_on_failure)
          return 'unmatched'
        }
      },
    }
  },
})

/** The sender is wrong. The text is for the operator, and holds no key. */
class VerifyError extends Error {}

function decrypt(payload: string, key: string, associated: string, { encoding }: Options): string {
  const bytes = Buffer.from(payload, encoding)
  const secret = keyBytes(key)
  const cipher = ({ 16: 'aes-128-gcm', 24: 'aes-192-gcm', 32: 'aes-256-gcm' } as const)[secret.length]
  if (cipher === undefined) throw new VerifyError(`a key of ${secret.length} bytes: AES has keys of 16, 24 or 32`)
  if (bytes.length < NONCE_BYTES + TAG_BYTES) throw new VerifyError('the payload is too short for a nonce and a tag')
  const decipher = createDecipheriv(cipher, secret, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(associated))
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES)), decipher.final()]).toString(
      'utf8',
    )
  } catch {
    throw new VerifyError('the payload was changed, or the key is another')
  }
}

function isSignedBy(method: 'hmac-sha256' | 'ed25519', payload: string, given: Buffer, key: string): boolean {
  if (method === 'hmac-sha256') {
    const wanted = createHmac('sha256', keyBytes(key)).update(payload).digest()
    return wanted.length === given.length && timingSafeEqual(wanted, given)
  }
  const publicKey = key.includes('-----BEGIN')
    ? createPublicKey(key)
    : createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: keyBytes(key).toString('base64url') }, format: 'jwk' })
  return verifySignature(null, Buffer.from(payload), publicKey, given)
}

/** Hexadecimal digits where it can be, else base64. */
function keyBytes(key: string): Buffer {
  return /^(?:[0-9a-fA-F]{2})+$/.test(key) ? Buffer.from(key, 'hex') : Buffer.from(key, 'base64')
}

function parsed(text: string): FieldValue {
  if (!text.startsWith('{')) return text
  try {
    return parseEventJson(text)
  } catch {
    return text
  }
}

/** @throws Error when the file holds no ids and keys */
async function readKeys(file: string): Promise<ReadonlyMap<string, string>> {
  const read: unknown = parseYaml(await readTextFile(file))
  if (typeof read !== 'object' || read === null || Array.isArray(read))
    throw new Error(`the file [${file}] must hold ids and keys`)
  return new Map(Object.entries(read).map(([id, key]) => [id, fieldText(String(key))]))
}
