import { classTable } from '../class-table.ts'
import { toJson } from '../values/json.ts'
import { illegalArgument } from '../java-error.ts'
import { textOf } from '../values/text.ts'
import type { Value } from '../values/value.ts'
import { metadataClasses, metadataFunction } from './metadata.ts'
import type { ScriptContext } from './script-context.ts'

type Ctx = Record<string, unknown>

const CTX_VARIABLES = { params: 'java.util.Map', ctx: 'java.util.Map' } as const

/** Scripts of `_update`, `_update_by_query` and `_reindex`: they change `ctx` and give nothing back. */
export const updateContext: ScriptContext<(ctx: Ctx) => Ctx> = {
  name: 'update',
  returns: 'void',
  variables: CTX_VARIABLES,
  classes: metadataClasses,
  functions: [metadataFunction],
  make: (run, params) => (ctx) => {
    run({ params, ctx })
    return toJson(ctx) as Ctx
  },
}

const BYTE_UNITS: Readonly<Record<string, number>> = { b: 1, kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30, tb: 2 ** 40, pb: 2 ** 50 }

/** `Processors.bytes(…)` and the like, which scripts of pipelines may call. */
const processors = classTable({
  name: 'org.opensearch.ingest.common.Processors',
  statics: {
    'long bytes(String)': (text: string) => {
      const match = /^\s*(\d+(?:\.\d+)?)\s*([kmgtp]?b)\s*$/i.exec(text)
      if (!match) throw illegalArgument(`failed to parse setting [Ingest Field] with value [${text}] as a size in bytes`)
      return Math.floor(Number(match[1]) * (BYTE_UNITS[(match[2] ?? 'b').toLowerCase()] ?? 1))
    },
    'String lowercase(String)': (text: string) => text.toLowerCase(),
    'String uppercase(String)': (text: string) => text.toUpperCase(),
    'Object json(Object)': (text: Value) => parseJson(textOf(text)),
    'void json(Map, String)': (target: Value, field: string) => {
      const map = target as Record<string, unknown>
      const parsed = parseJson(textOf(map[field]))
      if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) Object.assign(map, parsed)
    },
    'String urlDecode(String)': (text: string) => {
      try {
        return decodeURIComponent(text.replaceAll('+', ' '))
      } catch {
        throw illegalArgument(`illegal characters in escape sequence of [${text}]`)
      }
    },
  },
})

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw illegalArgument(`cannot parse [${text}] as JSON`)
  }
}

/** Scripts of ingest pipelines. */
export const ingestContext: ScriptContext<(ctx: Ctx) => Ctx> = {
  ...updateContext,
  name: 'ingest',
  takes: ['ctx'],
  classes: [processors, ...metadataClasses],
}

/** `if` of a processor. It sees the document and cannot change it. */
export const conditionContext: ScriptContext<(ctx: Ctx) => boolean> = {
  name: 'processor_conditional',
  returns: 'boolean',
  variables: CTX_VARIABLES,
  takes: ['ctx'],
  classes: [processors],
  make: (run, params) => (ctx) => run({ params, ctx }) === true,
}

/** `_scripts/painless/_execute` without a context: the answer is a text. */
export const testContext: ScriptContext<() => string> = {
  name: 'painless_test',
  returns: 'def',
  variables: { params: 'java.util.Map' },
  make: (run, params) => () => textOf(run({ params })),
}
