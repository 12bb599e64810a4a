import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import {
  checkedAnswer,
  combineContext,
  initContext,
  mapContext,
  newState,
  reduceContext,
} from '../../script/painless/contexts/scripted-metric.ts'
import { parseScriptReference, type ScriptReference } from '../../script/script-request.ts'
import type { Query } from '../ast.ts'
import { computedFields } from '../bind/context.ts'
import { addComputation, type ComputedFields, plainNumbers } from '../computed/computed-fields.ts'
import type { DocumentCollection } from '../computed/document-collection.ts'
import { StateBudget } from '../computed/state-budget.ts'
import { type Read, readObject } from '../dsl/reading.ts'
import type { AggregationContext, AggregationDefinition, BoundAggregation } from './definition.ts'

/** The request: `map` sees each document, the others see what it kept. */
interface MetricScripts {
  readonly init: ScriptReference | undefined
  readonly map: ScriptReference
  readonly combine: ScriptReference
  readonly reduce: ScriptReference
  /** Of all scripts but `reduce`. */
  readonly params: JsonObject
}

const script: Read<ScriptReference | undefined> = (value) => (value === null ? undefined : parseScriptReference(value))

/** A metric of the request's own: scripts that keep what they want of each document, and sum it up. */
export const scriptedMetric: AggregationDefinition = {
  name: 'scripted_metric',
  holdsOthers: false,
  parse(json, at, name) {
    const spec = { init_script: script, map_script: script, combine_script: script, reduce_script: script, params: object }
    const read = readObject(json, at, spec, 'object')
    const { init_script: init, map_script: map, combine_script: combine, reduce_script: reduce, params = {} } = read
    if (!map) throw illegalArgument('Required [map_script]')
    if (!combine) throw illegalArgument(`[combineScript] must not be null: [${name}]`)
    if (!reduce) throw illegalArgument(`[reduceScript] must not be null: [${name}]`)
    const scripts: MetricScripts = { init, map, combine, reduce, params }
    return { bind: (context) => bindScripts(scripts, context) }
  },
}

const object: Read<JsonObject> = (value) => {
  if (!isJsonObject(value)) throw illegalArgument('[params] of [scripted_metric] must be an object')
  return value
}

function bindScripts(scripts: MetricScripts, context: AggregationContext): BoundAggregation {
  const all = context.indices.map(computedFields)
  const [first] = all
  const reduce = first?.compile(scripts.reduce, reduceContext)
  const collection: DocumentCollection = {
    of: all.map((fields) => fields.readsOf(scripts.map, mapContext)),
    open: collectorsOf(scripts, all),
  }
  const collected = { kind: 'collected', ...collection } as const
  const guard = guardField(scripts, all, context)
  return {
    ...(guard === undefined
      ? { aggregation: collected }
      : {
          aggregation: { kind: 'filter', query: all.map((): Query => ({ kind: 'terms', field: guard, values: [true] })) },
          within: () => [{ name: COLLECTED, aggregation: collected, children: [] }],
        }),
    typedKey: 'scripted_metric',
    shape(answer, { isGap }) {
      const result = answer.kind === 'single' ? answer.children.get(COLLECTED) : answer
      const found: ReadonlyMap<number, unknown> = result?.kind === 'collected' ? result.results : new Map()
      // An index without a document has a state all the same, but where those of another one make the bucket.
      const isEverywhere = context.amongFound !== true || found.size === 0
      const collector = collection.open()
      const stateOf = (at: number): unknown[] => (found.has(at) ? [found.get(at)] : isEverywhere ? [collector(at).result()] : [])
      const states = isGap ? [null] : all.flatMap((_, at) => stateOf(at))
      const value = reduce ? checkedAnswer(reduce.run({ params: reduce.params, states }), 'reduce script') : null
      return { kind: 'metric', exact: true, json: { value: plainNumbers(value) } }
    },
  }
}

const COLLECTED = 'collected'

/**
 * A field that is true of the documents that `map` does something for, so that it sees no others: where that is a tenth of 2 M, 600
 * CPU-ms instead of 2,200. `undefined` where that cannot be told, or where it matters that an index has documents that `map` does nothing for.
 */
function guardField({ map }: MetricScripts, all: readonly ComputedFields[], context: AggregationContext): string | undefined {
  if (context.amongFound === true && all.length > 1) return undefined
  const guards = all.flatMap((fields) => {
    const computation = fields.guardOf(map, mapContext)
    return computation === undefined ? [] : [{ fields, computation }]
  })
  return guards.length === 0 || guards.length < all.length ? undefined : addComputation('boolean', guards)
}

/** @throws ElkhornError `script_exception` (400); 400 for a parameter of that name in both places */
function collectorsOf({ init, map, combine, params }: MetricScripts, all: readonly ComputedFields[]): DocumentCollection['open'] {
  const given = [init, map, combine].flatMap((reference) => Object.keys(reference?.params ?? {}))
  const twice = given.find((name) => Object.hasOwn(params, name))
  if (twice !== undefined) throw illegalArgument(`Parameter name "${twice}" used in both aggregation and script parameters`)
  const compiled = all.map((fields) => ({
    fields,
    init: init && fields.compile(init, initContext),
    map: fields.compile(map, mapContext),
    combine: fields.compile(combine, combineContext),
  }))
  return () => {
    const budget = new StateBudget()
    const targets = compiled.map(({ fields, ...scripts }) => {
      const view = fields.view()
      // Scripts may write to what is in the parameters: each index has its own.
      const shared = structuredClone(params)
      const own = (script: { readonly params: Params } | undefined): Params => ({ ...shared, ...script?.params })
      const paramsOf = { init: own(scripts.init), map: view.withSource(own(scripts.map)), combine: own(scripts.combine) }
      return { ...scripts, view, paramsOf }
    })
    return (at) => {
      const target = targets[at]
      if (!target) throw new Error(`no search target ${at}`)
      const { view, paramsOf } = target
      const state = newState()
      const keep = budget.keep(state)
      if (target.init) {
        target.init.run({ params: paramsOf.init, state })
        checkedAnswer(state, 'Scripted metric aggs init script')
      }
      const bindings = { params: paramsOf.map, state, doc: view.doc, _score: 0 }
      return {
        add(document) {
          view.show(document)
          bindings._score = document.score
          target.map.run(bindings)
          budget.spend()
        },
        result() {
          const combined = target.combine.run({ params: paramsOf.combine, state })
          budget.spend()
          const result = checkedAnswer(combined, 'Scripted metric aggs combine script')
          keep(result)
          return result
        },
      }
    }
  }
}

type Params = Readonly<Record<string, unknown>>
