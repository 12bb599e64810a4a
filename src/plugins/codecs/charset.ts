import { text } from '../options.ts'

/** Ruby's names of encodings that `TextDecoder` calls something else. */
const RUBY_NAMES: Readonly<Record<string, string>> = {
  'ascii-8bit': 'latin1',
  binary: 'latin1',
  'us-ascii': 'latin1',
  ascii: 'latin1',
  'windows-31j': 'shift_jis',
  cp932: 'shift_jis',
  'utf-16': 'utf-16le',
  'euc-tw': 'big5',
}

function decoderName(charset: string): string {
  const name = charset.toLowerCase()
  return RUBY_NAMES[name] ?? (/^cp125\d$/.test(name) ? `windows-${name.slice(2)}` : name.replace(/^cp(?=\d)/, 'ibm'))
}

function isKnown(charset: string): boolean {
  try {
    return new TextDecoder(decoderName(charset)).encoding !== ''
  } catch {
    return false
  }
}

/** The option `charset` of codecs: an encoding by its Ruby or IANA name. */
export const charset = () =>
  text()
    .refine(isKnown, { error: 'there is no such character encoding: UTF-8, ISO-8859-1, CP1252 and many more are known' })
    .default('UTF-8')
    .meta({ option: 'text' })
    .describe('Character encoding of the bytes. What is no character of it becomes U+FFFD.')

/** Turns bytes of an encoding into text. */
export function textReader(name: string): (bytes: Uint8Array) => string {
  const encoding = decoderName(name)
  if (encoding === 'utf-8' || encoding === 'utf8') return (bytes) => bufferOf(bytes).toString('utf8')
  if (encoding === 'latin1') return (bytes) => bufferOf(bytes).toString('latin1')
  const decoder = new TextDecoder(encoding)
  return (bytes) => decoder.decode(bytes)
}

/** The same bytes as a `Buffer`, not copied. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
