import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto'
import { crc32 } from '../../crc32.ts'
import { float } from '../../../core/float.ts'
import { formatIp, parseIp } from '../../../core/ip.ts'
import { ArgumentError, InvalidAddressError, ObjectClass, raise } from '../errors.ts'
import { integer, toFloat, toIndex } from '../numbers.ts'
import { compare, isInteger, toText } from '../semantics.ts'
import { RClass, RObject, RRange, RString, type Value } from '../value.ts'
import { generateJson, parseJson } from './json.ts'
import { aliases, def, table, text, textOf, type Method, type MethodTable } from './method.ts'

const fn = def<RClass>

const MathModule = new RClass('Math', ObjectClass)
const JsonModule = new RClass('JSON', ObjectClass)
const LogstashJson = new RClass('LogStash::Json', ObjectClass)
const Base64Module = new RClass('Base64', ObjectClass)
const SecureRandomModule = new RClass('SecureRandom', ObjectClass)
const IpAddrClass = new RClass('IPAddr', ObjectClass)
const UriModule = new RClass('URI', ObjectClass)
const CgiModule = new RClass('CGI', ObjectClass)
const ZlibModule = new RClass('Zlib', ObjectClass)
const HmacClass = new RClass('OpenSSL::HMAC', ObjectClass)
const DigestClass = new RClass('Digest', ObjectClass)

const unary = (of: (value: number) => number): Method => fn(1, 1, (_m, _self, [value = null]) => float(of(toFloat(value))))

const math: Record<string, Method> = {
  sqrt: fn(1, 1, (_m, _self, [value = null]) =>
    toFloat(value) < 0 ? raise(ArgumentError, 'Numerical argument is out of domain - sqrt') : float(Math.sqrt(toFloat(value))),
  ),
  cbrt: unary(Math.cbrt),
  exp: unary(Math.exp),
  log: fn(1, 2, (_m, _self, [value = null, base]) => {
    if (toFloat(value) < 0) raise(ArgumentError, 'Numerical argument is out of domain - log')
    return float(base === undefined ? Math.log(toFloat(value)) : Math.log(toFloat(value)) / Math.log(toFloat(base)))
  }),
  log2: unary(Math.log2),
  log10: unary(Math.log10),
  sin: unary(Math.sin),
  cos: unary(Math.cos),
  tan: unary(Math.tan),
  asin: unary(Math.asin),
  acos: unary(Math.acos),
  atan: unary(Math.atan),
  sinh: unary(Math.sinh),
  cosh: unary(Math.cosh),
  tanh: unary(Math.tanh),
  atan2: fn(2, 2, (_m, _self, [y = null, x = null]) => float(Math.atan2(toFloat(y), toFloat(x)))),
  hypot: fn(2, 2, (_m, _self, [a = null, b = null]) => float(Math.hypot(toFloat(a), toFloat(b)))),
  pow: fn(2, 2, (_m, _self, [a = null, b = null]) => float(toFloat(a) ** toFloat(b))),
}

const json: Record<string, Method> = {
  parse: fn(1, 2, (m, _self, [written, options]) => parseJson(m, textOf(written), options)),
  generate: fn(1, 2, (m, _self, [value = null]) => text(generateJson(m, value))),
  pretty_generate: fn(1, 2, (m, _self, [value = null]) => text(generateJson(m, value, '  '))),
}

/** Bytes of a text; binary text, as `unpack` and `digest` make it, is what it is in UTF-8. */
const bytes = (value: Value | undefined): Buffer => Buffer.from(textOf(value))

const base64: Record<string, Method> = {
  encode64: fn(1, 1, (_m, _self, [value]) =>
    text(
      bytes(value)
        .toString('base64')
        .replaceAll(/.{1,60}/g, '$&\n'),
    ),
  ),
  strict_encode64: fn(1, 1, (_m, _self, [value]) => text(bytes(value).toString('base64'))),
  urlsafe_encode64: fn(1, 2, (_m, _self, [value]) =>
    text(bytes(value).toString('base64').replaceAll('+', '-').replaceAll('/', '_')),
  ),
  decode64: fn(1, 1, (_m, _self, [value]) => text(fromBytes(Buffer.from(textOf(value), 'base64')))),
  strict_decode64: fn(1, 1, (_m, _self, [value]) => {
    const written = textOf(value)
    if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(written))
      return raise(ArgumentError, 'invalid base64')
    return text(fromBytes(Buffer.from(written, 'base64')))
  }),
  urlsafe_decode64: fn(1, 1, (_m, _self, [value]) => text(fromBytes(Buffer.from(textOf(value), 'base64url')))),
}

/** Text where the bytes are UTF-8, else one character a byte. */
function fromBytes(value: Buffer): string {
  const written = value.toString()
  return Buffer.from(written).equals(value) ? written : value.toString('latin1')
}

const random: Record<string, Method> = {
  uuid: fn(0, 0, () => text(randomUUID())),
  hex: fn(0, 1, (_m, _self, [size = 16]) => text(randomBytes(sizeOf(size)).toString('hex'))),
  base64: fn(0, 1, (_m, _self, [size = 16]) => text(randomBytes(sizeOf(size)).toString('base64'))),
  urlsafe_base64: fn(0, 1, (_m, _self, [size = 16]) => text(randomBytes(sizeOf(size)).toString('base64url'))),
  alphanumeric: fn(0, 1, (_m, _self, [size = 16]) =>
    text(Array.from(randomBytes(sizeOf(size)), (byte) => ALPHANUMERIC[byte % 62] ?? '0').join('')),
  ),
  random_number: fn(0, 1, (m, _self, [limit = 0]) => randomNumber(m.options.random(), limit)),
}

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

function sizeOf(value: Value): number {
  const size = value === null ? 16 : toIndex(value)
  return size >= 0 && size <= 10_000 ? size : raise(ArgumentError, `${size} is no size for random bytes`)
}

/** `rand(limit)`: a float below 1, an integer below the limit, or one within a range. */
export function randomNumber(chance: number, limit: Value): Value {
  if (limit instanceof RRange) {
    const low = toFloat(limit.begin)
    const span = toFloat(limit.end) - low
    return isInteger(limit.begin) && isInteger(limit.end)
      ? low + Math.floor(chance * (span + (limit.exclusive ? 0 : 1)))
      : float(low + chance * span)
  }
  if (limit === null || !isInteger(limit)) return float(chance * (limit === null ? 1 : toFloat(limit)))
  const below = Math.abs(Number(limit))
  return below === 0 ? chance : Math.floor(chance * below)
}

// --- digests ---

const ALGORITHMS: Readonly<Record<string, string>> = {
  MD5: 'md5',
  SHA1: 'sha1',
  SHA256: 'sha256',
  SHA384: 'sha384',
  SHA512: 'sha512',
}

const digestOf = (self: RClass, value: Value | undefined): Buffer =>
  createHash(ALGORITHMS[self.name.replace(/^.*::/, '')] ?? 'sha256')
    .update(bytes(value))
    .digest()

const digest: Record<string, Method> = {
  hexdigest: fn(1, 1, (_m, self, [value]) => text(digestOf(self, value).toString('hex'))),
  digest: fn(1, 1, (_m, self, [value]) => text(digestOf(self, value).toString('latin1'))),
  base64digest: fn(1, 1, (_m, self, [value]) => text(digestOf(self, value).toString('base64'))),
}

const digestClasses = ['Digest::', 'OpenSSL::Digest::'].flatMap((prefix) =>
  Object.keys(ALGORITHMS).map((name) => new RClass(prefix + name, DigestClass)),
)

const hmac: Record<string, Method> = {
  hexdigest: fn(3, 3, (_m, _self, [algorithm = null, key, value]) =>
    text(createHmac(hashName(algorithm), bytes(key)).update(bytes(value)).digest('hex')),
  ),
  digest: fn(3, 3, (_m, _self, [algorithm = null, key, value]) =>
    text(createHmac(hashName(algorithm), bytes(key)).update(bytes(value)).digest().toString('latin1')),
  ),
}

function hashName(value: Value): string {
  const name = toText(value)
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '')
  return (
    ALGORITHMS[Object.keys(ALGORITHMS).find((known) => name.endsWith(known)) ?? ''] ??
    raise(ArgumentError, `Unsupported digest algorithm (${toText(value)})`)
  )
}

// --- URLs ---

const uri: Record<string, Method> = {
  decode_www_form_component: fn(1, 2, (_m, _self, [value]) => text(percentDecode(textOf(value).replaceAll('+', ' ')))),
  encode_www_form_component: fn(1, 2, (_m, _self, [value]) =>
    text(
      encodeURIComponent(textOf(value))
        .replaceAll('%20', '+')
        .replaceAll(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
    ),
  ),
  decode_www_form: fn(1, 2, (_m, _self, [value]) =>
    textOf(value)
      .split('&')
      .map((pair) =>
        [pair.split('=')[0] ?? '', pair.split('=').slice(1).join('=')].map((part) =>
          text(percentDecode(part.replaceAll('+', ' '))),
        ),
      ),
  ),
}

const cgi: Record<string, Method> = {
  escapeHTML: fn(1, 1, (_m, _self, [value]) =>
    text(
      textOf(value)
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;')
        .replaceAll('"', '&quot;')
        .replaceAll("'", '&#39;'),
    ),
  ),
  unescapeHTML: fn(1, 1, (_m, _self, [value]) =>
    text(
      textOf(value).replaceAll(
        /&(amp|lt|gt|quot|#39|#x27|apos);/g,
        (_whole, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"' })[name] ?? "'",
      ),
    ),
  ),
}

/** `%41` → `A`; what is no escape stays. */
export function percentDecode(value: string): string {
  return value.replaceAll(/(?:%[0-9A-Fa-f]{2})+/g, (run) => fromBytes(Buffer.from(run.replaceAll('%', ''), 'hex')))
}

// --- IPAddr ---

interface Block {
  readonly bits: bigint
  readonly width: 32 | 128
  readonly prefix: number
}

function blockOf(written: string): Block {
  const [address = '', mask] = written.split('/')
  const parsed = parseIp(address.replace(/^\[|\]$/g, ''))
  if (parsed === undefined) return raise(InvalidAddressError, `invalid address: ${written}`)
  const v4 = !address.includes(':')
  const width = v4 ? 32 : 128
  const all = BigInt(`0x${Buffer.from(parsed).toString('hex')}`)
  const bits = v4 ? all & 0xffffffffn : all
  const prefix = mask === undefined ? width : /^\d+$/.test(mask) ? Number(mask) : prefixOf(mask)
  if (prefix < 0 || prefix > width) return raise(InvalidAddressError, `invalid length: ${written}`)
  const shift = BigInt(width - prefix)
  return { bits: (bits >> shift) << shift, width, prefix }
}

function prefixOf(mask: string): number {
  const bits = blockOf(mask).bits.toString(2)
  return /^1*0*$/.test(bits) ? bits.replaceAll('0', '').length : raise(InvalidAddressError, `invalid mask ${mask}`)
}

function printBlock({ bits, width }: Block): string {
  if (width === 32) return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 255n).join('.')
  return formatIp(new Uint8Array(Buffer.from(bits.toString(16).padStart(32, '0'), 'hex')))
}

const ip = (min: number, max: number, call: (block: Block, args: readonly Value[], self: RObject) => Value): Method =>
  def<RObject>(min, max, (_m, self, args) => call(self.data as Block, args, self))

const asBlock = (value: Value | undefined): Block =>
  value instanceof RObject && value.klass === IpAddrClass ? (value.data as Block) : blockOf(textOf(value))

const within = (outer: Block, inner: Block): boolean => {
  if (outer.width !== inner.width || inner.prefix < outer.prefix) return false
  const shift = BigInt(outer.width - outer.prefix)
  return outer.bits >> shift === inner.bits >> shift
}

const ipMethods: Record<string, Method> = {
  'include?': ip(1, 1, (block, [other]) => within(block, asBlock(other))),
  to_s: ip(0, 0, (block) => text(printBlock(block))),
  inspect: ip(0, 0, (block) => text(`#<IPAddr: ${block.width === 32 ? 'IPv4' : 'IPv6'}:${printBlock(block)}/${block.prefix}>`)),
  to_i: ip(0, 0, (block) => integer(block.bits)),
  'ipv4?': ip(0, 0, (block) => block.width === 32),
  'ipv6?': ip(0, 0, (block) => block.width === 128),
  prefix: ip(0, 0, (block) => block.prefix),
  'private?': ip(0, 0, (block) =>
    ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'].some((range) => within(blockOf(range), block)),
  ),
  'loopback?': ip(0, 0, (block) => ['127.0.0.0/8', '::1'].some((range) => within(blockOf(range), block))),
  'link_local?': ip(0, 0, (block) => ['169.254.0.0/16', 'fe80::/10'].some((range) => within(blockOf(range), block))),
  mask: ip(
    1,
    1,
    (block, [size]) => new RObject(IpAddrClass, blockOf(`${printBlock(block)}/${size === undefined ? '' : toText(size)}`)),
  ),
  '==': ip(1, 1, (block, [other]) => {
    if (!(other instanceof RObject) && !(other instanceof RString)) return false
    const second = asBlock(other)
    return second.bits === block.bits && second.width === block.width
  }),
  '<=>': ip(1, 1, (block, [other]) => compare(integer(block.bits), integer(asBlock(other).bits)) ?? null),
}

export const ipAddressMethods: MethodTable = table(
  ipMethods,
  aliases(ipMethods, { '===': 'include?', to_string: 'to_s', succ: 'to_i' }),
)

const ipClass: Record<string, Method> = {
  new: fn(1, 2, (_m, _self, [address]) => new RObject(IpAddrClass, blockOf(textOf(address)))),
}

// --- the tables ---

const methodsByModule = new Map<RClass, MethodTable>([
  [MathModule, table(math)],
  [JsonModule, table(json, aliases(json, { dump: 'generate', load: 'parse', 'parse!': 'parse' }))],
  [LogstashJson, table(aliases(json, { load: 'parse', dump: 'generate' }))],
  [Base64Module, table(base64)],
  [SecureRandomModule, table(random)],
  [IpAddrClass, table(ipClass)],
  [
    UriModule,
    table(
      uri,
      aliases(uri, {
        decode: 'decode_www_form_component',
        unescape: 'decode_www_form_component',
        escape: 'encode_www_form_component',
      }),
    ),
  ],
  [
    CgiModule,
    table(cgi, { escape: uri['encode_www_form_component'] as Method, unescape: uri['decode_www_form_component'] as Method }),
  ],
  [ZlibModule, table({ crc32: fn(0, 2, (_m, _self, [value]) => crc32(value === undefined ? Buffer.alloc(0) : bytes(value))) })],
  [HmacClass, table(hmac)],
  ...digestClasses.map((klass) => [klass, table(digest)] as const),
])

/** Methods of a module or class itself. */
export function moduleMethods(module: RClass): MethodTable | undefined {
  return methodsByModule.get(module)
}

/** Constants that name modules, with those within them (`Math::PI`). */
export const moduleConstants: ReadonlyMap<string, Value> = new Map<string, Value>([
  ...[...methodsByModule.keys()].map((module) => [module.name, module] as const),
  ['Digest', DigestClass],
  ['Digest::SHA2', digestClasses.find(({ name }) => name === 'Digest::SHA256') ?? DigestClass],
  ['OpenSSL', new RClass('OpenSSL', ObjectClass)],
  ['OpenSSL::Digest', DigestClass],
  ['LogStash', new RClass('LogStash', ObjectClass)],
  ['Enumerable', new RClass('Enumerable', ObjectClass)],
  ['Math::PI', Math.PI],
  ['Math::E', Math.E],
  ['Float::INFINITY', Infinity],
  ['Float::NAN', NaN],
  ['Float::EPSILON', Number.EPSILON],
  ['Float::MAX', Number.MAX_VALUE],
  ['Float::MIN', 2.2250738585072014e-308],
  ['Integer::MAX', integer(2n ** 62n - 1n)],
])
