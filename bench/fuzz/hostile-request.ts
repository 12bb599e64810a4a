import { gzipSync } from 'node:zlib'
import type { JsonValue } from '../../src/core/json.ts'
import type { Random } from '../requests/random.ts'
import type { Source } from './bodies.ts'
import { mutateBytes } from './mutate-bytes.ts'
import { mutateJson } from './mutate-json.ts'
import { routeRequest } from './route-requests.ts'

/** What is sent, byte for byte. */
export interface HostileRequest {
  readonly method: string
  /** Path and query as they are sent: printable ASCII. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Buffer
}

const TYPES = [
  'application/json',
  'application/json',
  'application/x-ndjson',
  'application/vnd.elasticsearch+json; compatible-with=8',
  'text/plain',
  'application/yaml',
  'application/cbor',
  'application/json; charset=utf-16',
  '',
  'x/y/z',
]

/** A request as somebody could send it by mistake or in malice: of a route, then changed in its JSON, its bytes, its headers or its address. */
export function hostileRequest(source: Source): HostileRequest {
  const { random } = source
  const request = routeRequest(source)
  const wanted = request.lines ? 'application/x-ndjson' : 'application/json'
  const value = request.lines ?? request.body
  const body = value === undefined ? undefined : makeBody(random, value, request.lines !== undefined)
  const query = Object.entries(request.params).map(([name, text]) => `${encodeURIComponent(name)}=${encodeURIComponent(text)}`)
  const target = encodeTarget(random, request.path) + (query.length > 0 ? `?${query.join(random.chance(0.98) ? '&' : '&&')}` : '')
  const zipped = body !== undefined && random.chance(0.02)
  const headers = {
    ...(body === undefined ? {} : { 'content-type': random.chance(0.95) ? wanted : random.pick(TYPES) }),
    ...(zipped ? { 'content-encoding': random.pick(['gzip', 'gzip', 'deflate', 'br', 'none']) } : {}),
    ...random.options(0.02, {
      accept: random.pick(['*/*', 'text/plain', 'application/yaml', 'application/cbor', 'q', 'a/b;q=2']),
      'x-opaque-id': 'x'.repeat(500),
      'accept-encoding': 'gzip',
      'if-match': '*',
    }),
    ...random.options(0.005, {
      authorization: random.pick(['Basic', 'Basic x', 'Basic Og==', 'Bearer x', 'ApiKey x', 'ApiKey eDp5', 'Negotiate']),
      'es-security-runas-user': random.pick(['fuzz', 'elastic', '__proto__', '']),
    }),
  }
  return {
    method: request.method,
    target,
    headers,
    ...(body === undefined ? {} : { body: zipped && random.chance(0.8) ? gzipSync(body) : body }),
  }
}

function makeBody(random: Random, value: JsonValue, isLines: boolean): Buffer {
  const changed = random.chance(0.5) ? mutateJson(random, value) : value
  const text = isLines && Array.isArray(changed) ? changed.map((line) => `${print(line)}\n`).join('') : print(changed)
  const bytes = Buffer.from(text)
  return random.chance(0.15) ? mutateBytes(random, bytes) : bytes
}

const print = (value: unknown): string => JSON.stringify(value) ?? ''

/** Mostly encoded as it should be; now and then cut, doubled, or with escapes that are none. */
function encodeTarget(random: Random, path: string): string {
  const encoded = path
    .split('/')
    .map((part) => encodeURIComponent(part))
    .join('/')
  if (random.chance(0.94)) return encoded
  const at = random.int(0, encoded.length)
  return random
    .pick([
      `/${encoded}`,
      `${encoded}/`,
      encoded.slice(0, Math.max(1, at)),
      `${encoded.slice(0, at)}%zz${encoded.slice(at)}`,
      `${encoded}%c0%af`,
      `${encoded}/%2e%2e/%2e%2e/x`,
      `${encoded};a=b`,
      `${encoded}?`,
      `${encoded}#x`,
      `${encoded}/${'a/'.repeat(200)}`,
    ])
    .replace(/^[^/]/, '/')
}
