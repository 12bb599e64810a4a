import { createCipheriv, createDecipheriv, getCipherInfo, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { addTag } from '../../core/event.ts'
import { fieldText } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { choice, flag, ignored, integer, list, password, text } from '../options.ts'
import { defineFilter } from '../plugin.ts'
import { Trouble } from '../trouble.ts'

export const cipher = defineFilter({
  name: 'cipher',
  summary: 'Encrypts or decrypts a value. A random beginning (IV) stands before what was encrypted.',
  config: z.strictObject({
    algorithm: text().describe('Such as `aes-256-cbc`.'),
    mode: choice('encrypt', 'decrypt').describe('What is done.'),
    key: password().describe('The key.'),
    key_size: integer({ min: 1 }).default(16).describe('Bytes of the key: a shorter one is filled up, a longer one cut.'),
    key_pad: text().default('\0').describe('What it is filled up with.'),
    iv_random_length: integer({ min: 1 })
      .default(16)
      .describe('Bytes of the random beginning, as many as the algorithm takes; `aes-…-ecb` takes none.'),
    cipher_padding: flag().default(true).describe('Whether the last block is filled up.'),
    base64: flag().default(true).describe('Whether what is encrypted is written in Base64.'),
    source: text().default('message').describe('Field that is read.'),
    target: text().default('message').describe('Field that gets the result.'),
    tag_on_failure: list().default(['_cipherfailure']).describe('Tags of events for which it failed.'),
    max_cipher_reuse: ignored('a cipher is made for each value'),
  }),
  examples: [
    {
      title: 'Reads what was encrypted before',
      config: { algorithm: 'aes-128-cbc', mode: 'decrypt', key: '1234567890123456' },
      in: { message: 'AAAAAAAAAAAAAAAAAAAAAOWZPsz+Vvb2zOkt6htAttc=' },
      out: { message: 'x' },
    },
    {
      title: 'What was not is tagged',
      config: { algorithm: 'aes-128-cbc', mode: 'decrypt', key: '1234567890123456' },
      in: { message: 'AAAA' },
      out: { message: 'AAAA', tags: ['_cipherfailure'] },
    },
  ],
  create(options, { log }) {
    const { algorithm, base64, iv_random_length: ivBytes } = options
    const name = algorithm.toLowerCase()
    const info = getCipherInfo(name)
    if (info === undefined) throw new Error(`[cipher] algorithm: [${algorithm}] is not known`)
    if (/-(?:gcm|ccm|ocb|poly1305)$/.test(name))
      throw new Error(`[cipher] algorithm: [${algorithm}] needs a tag: the verify filter decrypts AES-GCM`)
    if (getCipherInfo(name, { keyLength: options.key_size }) === undefined)
      throw new Error(`[cipher] key_size: [${algorithm}] takes a key of ${info.keyLength} bytes, and not of ${options.key_size}`)
    const takesIv = info.ivLength !== undefined && info.ivLength > 0
    if (takesIv && getCipherInfo(name, { ivLength: ivBytes }) === undefined)
      throw new Error(`[cipher] iv_random_length: [${algorithm}] takes ${info.ivLength} bytes, and not ${ivBytes}`)
    const key = Buffer.alloc(options.key_size, options.key_pad)
    key.set(Buffer.from(options.key).subarray(0, options.key_size))
    const [from, to] = [fieldPath(options.source), fieldPath(options.target)]
    const trouble = new Trouble(log, { algorithm })
    const encrypt = (plain: string): string => {
      const iv = randomBytes(takesIv ? ivBytes : 0)
      const made = createCipheriv(name, key, takesIv ? iv : null).setAutoPadding(options.cipher_padding)
      const bytes = Buffer.concat([iv, made.update(plain), made.final()])
      return bytes.toString(base64 ? 'base64' : 'latin1')
    }
    const decrypt = (written: string): string => {
      const bytes = Buffer.from(written, base64 ? 'base64' : 'latin1')
      const start = takesIv ? ivBytes : 0
      const made = createDecipheriv(name, key, takesIv ? bytes.subarray(0, start) : null).setAutoPadding(options.cipher_padding)
      return Buffer.concat([made.update(bytes.subarray(start)), made.final()]).toString()
    }
    return {
      process(event) {
        const value = from.get(event)
        if (value === undefined || value === null) return 'unmatched'
        try {
          to.set(event, options.mode === 'encrypt' ? encrypt(fieldText(value)) : decrypt(fieldText(value)))
          return 'matched'
        } catch (error) {
          trouble.tell('a value could not be read', error)
          addTag(event, ...options.tag_on_failure)
          return 'unmatched'
        }
      },
    }
  },
})
