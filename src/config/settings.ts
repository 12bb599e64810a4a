import type { z } from 'zod'
import { configSchema } from './schema.ts'
import type { SettingKind } from './setting.ts'

/** One key of `elkhorn.yml` in its dotted spelling. */
export interface Setting {
  readonly key: string
  readonly kind: SettingKind
  readonly schema: z.ZodType
  readonly summary: string
  /** As a person writes it; `undefined` when absent means something of its own. */
  readonly defaultText: string | undefined
  readonly choices: readonly string[]
}

interface Inner {
  readonly def: {
    readonly type: string
    readonly shape?: Record<string, z.ZodType>
    readonly defaultValue?: unknown
    readonly innerType?: z.ZodType
  }
}

const definition = (schema: z.ZodType): Inner['def'] => (schema as unknown as Inner).def

/** The leaves of the schema tree, in the tree's order. */
export function listSettings(schema: z.ZodType = configSchema, prefix = ''): Setting[] {
  const { shape } = definition(schema)
  if (!shape) return [leaf(schema, prefix)]
  return Object.entries(shape).flatMap(([name, inner]) => listSettings(inner, prefix === '' ? name : `${prefix}.${name}`))
}

function leaf(schema: z.ZodType, key: string): Setting {
  const meta = schema.meta()
  if (!meta?.kind || !meta.description) throw new Error(`setting [${key}] lacks its kind or its description`)
  return {
    key,
    kind: meta.kind,
    schema,
    summary: meta.description,
    defaultText: meta.written ?? defaultText(definition(schema).defaultValue),
    choices: meta.kind === 'choice' ? choicesOf(schema) : [],
  }
}

function defaultText(value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (Array.isArray(value)) return value.join(', ')
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

function choicesOf(schema: z.ZodType): readonly string[] {
  const { innerType } = definition(schema)
  return innerType ? (innerType as z.ZodEnum).options.map(String) : []
}
