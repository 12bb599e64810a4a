import { z } from 'zod'
import { parseByteSize } from '../core/byte-size.ts'
import { parseDurationMs } from '../core/duration.ts'
import { ElkhornError } from '../core/errors.ts'

/** What the reference page and error texts call a kind of value. */
export type SettingKind =
  | 'port'
  | 'text'
  | 'flag'
  | 'number'
  | 'duration'
  | 'byte size'
  | 'path'
  | 'paths'
  | 'texts'
  | 'names and values'
  | 'choice'

declare module 'zod' {
  interface GlobalMeta {
    kind?: SettingKind
    /** The default as a person writes it, where the value is kept in another form. */
    written?: string
  }
}

/** A TCP port; 0 takes a free one. Numbers may come as text: `--set` and `${ENV}` know nothing else. */
export const port = (value: number) => z.preprocess(numberOf, z.int().min(0).max(65_535)).default(value).meta({ kind: 'port' })

export const number = (value: number, { min = 0, max = Number.MAX_SAFE_INTEGER } = {}) =>
  z.preprocess(numberOf, z.number().min(min).max(max)).default(value).meta({ kind: 'number' })

export const flag = (value: boolean) =>
  z
    .preprocess((raw) => (raw === 'true' ? true : raw === 'false' ? false : raw), z.boolean())
    .default(value)
    .meta({ kind: 'flag' })

export const text = (value: string) => z.preprocess(textOf, z.string()).default(value).meta({ kind: 'text' })

export const optionalText = () => z.preprocess(textOf, z.string().min(1)).optional().meta({ kind: 'text' })

export const choice = <const T extends readonly [string, ...string[]]>(values: T, value: T[number]) =>
  z
    .enum(values)
    .default(value as never)
    .meta({ kind: 'choice' })

/** A time value; the config holds milliseconds. */
export const duration = (written: string, { min = '0' } = {}) =>
  z
    .unknown()
    .transform((raw, context) => read(raw, context, parseDurationMs))
    .refine((millis) => millis >= parseDurationMs(min, 'min'), { error: `must be at least ${min}` })
    .default(parseDurationMs(written, 'default'))
    .meta({ kind: 'duration', written })

/** A size; the config holds bytes. */
export const byteSize = (written: string) =>
  z
    .unknown()
    .transform((raw, context) => read(raw, context, parseByteSize))
    .default(parseByteSize(written, 'default'))
    .meta({ kind: 'byte size', written })

/** A file or folder. Relative ones start at the folder of the config file (see `load-config.ts`). */
export const path = (value: string) => z.string().min(1).default(value).meta({ kind: 'path' })

export const optionalPath = () => z.string().min(1).optional().meta({ kind: 'path' })

/** One or several folders: a list, or one text with commas. */
export const paths = () =>
  z
    .preprocess(listOf, z.array(z.string().min(1)))
    .default([])
    .meta({ kind: 'paths' })

export const texts = (value: readonly string[]) =>
  z
    .preprocess(listOf, z.array(z.string()))
    .default([...value])
    .meta({ kind: 'texts' })

/** Names that the user chooses, such as `node.attr.rack`. */
export const namesAndValues = () =>
  z.record(z.string(), z.preprocess(textOf, z.string())).default({}).meta({ kind: 'names and values' })

const numberOf = (raw: unknown): unknown => (typeof raw === 'string' && /^-?\d+(\.\d+)?$/.test(raw.trim()) ? Number(raw) : raw)

const textOf = (raw: unknown): unknown => (typeof raw === 'number' || typeof raw === 'boolean' ? String(raw) : raw)

const listOf = (raw: unknown): unknown =>
  typeof raw === 'string'
    ? raw
        .split(',')
        .map((one) => one.trim())
        .filter((one) => one !== '')
    : raw

function read(raw: unknown, context: z.RefinementCtx, parse: (text: string, setting: string) => number): number {
  try {
    return parse(String(raw), 'value')
  } catch (error) {
    if (!(error instanceof ElkhornError)) throw error
    context.addIssue({ code: 'custom', message: error.reason.slice(error.reason.lastIndexOf(': ') + 2) })
    return z.NEVER
  }
}
