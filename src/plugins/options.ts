import { z } from 'zod'
import { Float } from '../core/float.ts'
import { fieldText, toFieldValue } from '../core/event-json.ts'

/** What the reference page and error texts call a kind of option. */
export type OptionKind =
  | 'text'
  | 'number'
  | 'boolean'
  | 'list'
  | 'hash'
  | 'password'
  | 'bytes'
  | 'choice'
  | 'path'
  | 'duration'
  | 'codec'

declare module 'zod' {
  interface GlobalMeta {
    option?: OptionKind
    /** Accepted for old files, and does nothing: the reason. */
    ignored?: string
    /** Another name of the option that this is. */
    aliasOf?: string
  }
}

/*
 * The kinds of option of pipeline files. The language has few types, so each takes what a person may write for it, as
 * Logstash does: "5" for 5, "true" for true, one text for a list of one, a list of pairs for a hash.
 */

const unwrap = (raw: unknown): unknown => (Array.isArray(raw) && raw.length === 1 ? raw[0] : raw)

const asText = (raw: unknown): unknown => {
  const value = unwrap(raw)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return value instanceof Float ? fieldText(value) : value
}

const asNumber = (raw: unknown): unknown => {
  const value = unwrap(raw)
  if (value instanceof Float) return value.value
  return typeof value === 'string' && /^-?\d+(?:\.\d*)?$/.test(value.trim()) ? Number(value) : value
}

const asBoolean = (raw: unknown): unknown => {
  const value = unwrap(raw)
  return value === 'true' ? true : value === 'false' ? false : value
}

const asList = (raw: unknown): unknown => (Array.isArray(raw) ? raw.map(asText) : raw === undefined ? undefined : [asText(raw)])

/** A list of pairs, as old files write hashes, or of hashes; a key that stands twice gets a list. */
const asHash = (raw: unknown): unknown => {
  if (!Array.isArray(raw)) return raw
  const hashes = raw.filter(isRecord)
  const names = raw.filter((one) => !isRecord(one))
  if (names.length % 2 === 1) return raw
  const pairs = [
    ...hashes.flatMap((one) => Object.entries(one)),
    ...names.flatMap((name, i) => (i % 2 === 0 ? [[String(name), names[i + 1]] as const] : [])),
  ]
  const hash: Record<string, unknown> = {}
  for (const [key, value] of pairs) {
    const before = hash[key]
    hash[key] = before === undefined ? value : Array.isArray(before) ? [...(before as unknown[]), value] : [before, value]
  }
  return hash
}

export const text = () => z.preprocess(asText, z.string()).meta({ option: 'text' })

/** As text, and never shown. */
export const password = () => z.preprocess(asText, z.string()).meta({ option: 'password' })

export const path = () => z.preprocess(asText, z.string().min(1)).meta({ option: 'path' })

export const number = ({ min = -Infinity, max = Infinity } = {}) =>
  z.preprocess(asNumber, z.number().min(min).max(max)).meta({ option: 'number' })

export const integer = ({ min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = {}) =>
  z.preprocess(asNumber, z.int().min(min).max(max)).meta({ option: 'number' })

export const port = () => integer({ min: 0, max: 65_535 })

export const flag = () => z.preprocess(asBoolean, z.boolean()).meta({ option: 'boolean' })

export const list = () => z.preprocess(asList, z.array(z.string())).meta({ option: 'list' })

/** Names and texts. Numbers and booleans become text. */
export const textHash = () =>
  z
    .preprocess(
      (raw) => {
        const hash = asHash(raw)
        return isRecord(hash) ? Object.fromEntries(Object.entries(hash).map(([key, value]) => [key, asText(value)])) : hash
      },
      z.record(z.string(), z.string()),
    )
    .meta({ option: 'hash' })

/** Names and lists of texts: one text is a list of one. */
export const listHash = () =>
  z
    .preprocess(
      (raw) => {
        const hash = asHash(raw)
        return isRecord(hash) ? Object.fromEntries(Object.entries(hash).map(([key, value]) => [key, asList(value)])) : hash
      },
      z.record(z.string(), z.array(z.string())),
    )
    .meta({ option: 'hash' })

/** Names and texts or lists of texts, as they are written. */
export const textsHash = () =>
  z
    .preprocess(
      (raw) => {
        const hash = asHash(raw)
        return isRecord(hash)
          ? Object.fromEntries(
              Object.entries(hash).map(([key, value]) => [key, Array.isArray(value) ? asList(value) : asText(value)]),
            )
          : hash
      },
      z.record(z.string(), z.union([z.string(), z.array(z.string())])),
    )
    .meta({ option: 'hash' })

/** Names and values of any kind, as event fields hold them. */
export const hash = () =>
  z
    .preprocess(asHash, z.record(z.string(), z.unknown()))
    .transform((raw) => Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, toFieldValue(value)])))
    .meta({ option: 'hash' })

export const choice = <const Values extends readonly [string, ...string[]]>(...values: Values) =>
  z.preprocess(asText, z.enum(values)).meta({ option: 'choice' })

const BYTE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  kb: 1000,
  kib: 1024,
  m: 1024 ** 2,
  mb: 1000 ** 2,
  mib: 1024 ** 2,
  g: 1024 ** 3,
  gb: 1000 ** 3,
  gib: 1024 ** 3,
}

/** A size as Logstash writes it: `1048576`, `"10 MiB"` (1,024) or `"10MB"` (1,000). */
export const bytes = () =>
  z
    .preprocess(
      (raw) => {
        const match = /^\s*(\d+(?:\.\d+)?)\s*([kmg]?i?b?)\s*$/i.exec(String(asText(raw)))
        const unit = BYTE_UNITS[match?.[2]?.toLowerCase() ?? 'none']
        return match === null || unit === undefined ? raw : Math.round(Number(match[1]) * unit)
      },
      z.int({ error: 'expected a size such as 1048576 or "10 MiB"' }).min(0),
    )
    .meta({ option: 'bytes' })

const TIME_UNITS: Readonly<Record<string, number>> = {
  '': 1000,
  w: 604_800_000,
  week: 604_800_000,
  d: 86_400_000,
  day: 86_400_000,
  h: 3_600_000,
  hour: 3_600_000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  s: 1000,
  sec: 1000,
  second: 1000,
  ms: 1,
  msec: 1,
  millisecond: 1,
  us: 0.001,
  usec: 0.001,
  microsecond: 0.001,
}

/** A time in milliseconds: a number of seconds, or `"5 minutes"`, `"250 ms"`, `"1h"`. */
export const duration = () =>
  z
    .preprocess(
      (raw) => {
        const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(String(asText(raw)))
        const name = match?.[2]?.toLowerCase() ?? ''
        const unit = TIME_UNITS[name] ?? TIME_UNITS[name.replace(/s$/, '')]
        return match === null || unit === undefined ? raw : Number(match[1]) * unit
      },
      z.number({ error: 'expected a time such as 5 (seconds), "250 ms" or "1 hour"' }).min(0),
    )
    .meta({ option: 'duration' })

/** An option of Logstash that means nothing here; `reason` says why. Any value is taken. */
export const ignored = (reason: string) =>
  z.unknown().optional().meta({ ignored: reason }).describe(`Accepted and not used: ${reason}.`)

/** An option whose effect is missed where it is not there: it is refused, unless it is empty. */
export const refused = (reason: string) =>
  text()
    .optional()
    .refine((value) => value === undefined || value === '', { error: reason })
    .meta({ option: 'text' })
    .describe(`Must be absent: ${reason}.`)

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Float)
}

/** A codec as a file asks for it: its name and its options. */
export interface CodecRequest {
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
}

/** Options that every plug-in of a kind takes besides its own. */
export const commonOptions = {
  id: text().optional().describe('Name of this plug-in in logs, metrics and the monitoring API. Made up when absent.'),
  enable_metric: flag().default(true).describe('Whether its events and times are counted.'),
}

export const commonFilterOptions = {
  ...commonOptions,
  add_field: z
    .preprocess(asHash, z.record(z.string(), z.unknown()))
    .transform((raw) =>
      Object.fromEntries(
        Object.entries(raw).map(([key, value]) => [
          key,
          (Array.isArray(value) ? value : [value]).map((one) => fieldText(toFieldValue(one))),
        ]),
      ),
    )
    .default({})
    .meta({ option: 'hash' })
    .describe('Fields to set when the filter did its work. A field that is there already becomes a list.'),
  add_tag: list().default([]).describe('Tags to add when the filter did its work.'),
  remove_field: list().default([]).describe('Fields to remove when the filter did its work.'),
  remove_tag: list().default([]).describe('Tags to remove when the filter did its work.'),
  debug: ignored('what filters do is shown by pipeline test'),
  periodic_flush: flag().default(false).describe('Accepted: filters that hold events back flush them in any case.'),
}

export const commonInputOptions = {
  ...commonOptions,
  add_field: hash().default({}).describe('Fields that every event gets.'),
  tags: list().default([]).describe('Tags that every event gets.'),
  type: text().optional().describe('The `type` field of every event that has none.'),
  debug: ignored('the level of the log is a setting of the program'),
  message_format: ignored('events keep what they are made of in fields'),
}

export const commonOutputOptions = {
  ...commonOptions,
  workers: ignored('several batches are written at once in any case'),
}
