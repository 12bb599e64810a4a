import { illegalArgument } from '../../../core/errors.ts'
import type { BoundFunction } from '../compile/compiling.ts'
import { JavaError } from '../java-error.ts'
import { toJson } from '../values/json.ts'
import { docValueClasses } from '../classes/doc-values.ts'
import type { DocMap } from '../values/doc-values.ts'
import type { Type } from '../types.ts'
import { scoreFunctions } from './score-functions.ts'
import type { ScriptContext } from './script-context.ts'

/** What a script of a search works with: one object, changed from document to document. */
export interface SearchBindings {
  readonly params: Readonly<Record<string, unknown>>
  readonly doc: DocMap
  _score: number
  /** The value that a script of an aggregation with a field is about. */
  _value: unknown
  /** What `emit` was given. */
  readonly emitted: unknown[]
}

/** A script over the values of documents; its answer is held as the context's type says. */
export interface DocumentScript {
  readonly params: Readonly<Record<string, unknown>>
  run(bindings: SearchBindings): unknown
}

interface Options {
  readonly score?: boolean
  readonly own?: boolean
  readonly emit?: readonly Type[]
  readonly functions?: readonly BoundFunction[]
}

function documentContext(
  name: string,
  returns: Type,
  { score, own, emit, functions = [] }: Options = {},
): ScriptContext<DocumentScript> {
  return {
    name,
    returns,
    variables: {
      params: 'java.util.Map',
      doc: 'java.util.Map',
      ...(score ? { _score: 'double' } : {}),
      ...(own ? { _value: 'def' } : {}),
    },
    functions: emit === undefined ? functions : [emitFunction(emit)],
    classes: docValueClasses,
    make: (run, params) => ({ params, run: (bindings) => run(bindings as unknown as Readonly<Record<string, unknown>>) }),
  }
}

/** `emit(value)`: gives a runtime field a value more. */
function emitFunction(parameters: readonly Type[]): BoundFunction {
  return {
    name: 'emit',
    returns: 'void',
    parameters,
    call: (bindings, ...values: unknown[]) => {
      const { emitted } = bindings as unknown as SearchBindings
      emitted.push(values.length === 1 ? values[0] : { lat: values[0], lon: values[1] })
    },
  }
}

/** `script` of an aggregation: a value, a list of values, or null for none. */
export const aggregationContext = documentContext('aggs', 'def', { score: true, own: true })
/** `script` query. */
export const filterContext = documentContext('filter', 'boolean')
/** `script_score`. */
export const scoreContext = documentContext('score', 'double', { score: true, functions: scoreFunctions })
export const numberSortContext = documentContext('number_sort', 'double', { score: true })
export const stringSortContext = documentContext('string_sort', 'java.lang.String', { score: true })
/** @throws ElkhornError 400 for a value that contains itself */
function shown(value: unknown): unknown {
  try {
    return toJson(value)
  } catch (error) {
    throw error instanceof JavaError ? illegalArgument(error.text ?? error.className) : error
  }
}

/** `script_fields`: the answer as JSON's values. */
export const fieldContext: ScriptContext<DocumentScript> = {
  ...documentContext('field', 'def'),
  make: (run, params) => ({ params, run: (bindings) => shown(run(bindings as unknown as Readonly<Record<string, unknown>>)) }),
}

/** Types that runtime fields can have, with what their scripts emit. */
export const runtimeContexts = {
  boolean: documentContext('boolean_field', 'void', { emit: ['boolean'] }),
  date: documentContext('date_field', 'void', { emit: ['long'] }),
  double: documentContext('double_field', 'void', { emit: ['double'] }),
  geo_point: documentContext('geo_point_field', 'void', { emit: ['double', 'double'] }),
  ip: documentContext('ip_field', 'void', { emit: ['java.lang.String'] }),
  keyword: documentContext('keyword_field', 'void', { emit: ['java.lang.String'] }),
  long: documentContext('long_field', 'void', { emit: ['long'] }),
} as const satisfies Readonly<Record<string, ScriptContext<DocumentScript>>>
