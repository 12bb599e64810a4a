import type { JsonValue } from '../../core/json.ts'
import { scoreContext } from '../../script/painless/contexts/document-values.ts'
import { parseScriptReference, type ScriptReference } from '../../script/script-request.ts'
import { matchAll, type Query, type ScoreFunction } from '../ast.ts'
import { computedFields, type BindContext } from '../bind/context.ts'
import { addScript } from '../computed/computed-fields.ts'
import { clause, type ParseQuery } from './clause.ts'
import { parsingException } from './errors.ts'
import { spreadSeed } from './random-seed.ts'
import { common, number, objectAt, raw, readObject, type Member } from './reading.ts'
import type { BindQuery, UnboundQuery } from './unbound.ts'

/** `{ "script_score": { "query": …, "script": … } }`: a script gives the scores of what a query matches. */
export interface ScriptScoreQuery {
  readonly kind: 'script_score'
  readonly query: UnboundQuery
  readonly script: ScriptReference
  readonly minScore: number | undefined
  readonly boost: number | undefined
}

export function parseScriptScore(json: JsonValue, at: Member, parse: ParseQuery): ScriptScoreQuery {
  const read = readObject(json, at, { ...common, query: clause(parse), script: raw, min_score: number })
  const end = { node: objectAt(json, at), part: 'end' } as const
  if (!read.query) throw parsingException('Required [query]', end)
  if (read.script === undefined) throw parsingException('Required [script]', end)
  const script = parseScriptReference(read.script)
  return { kind: 'script_score', query: read.query, script, minScore: read.min_score, boost: read.boost }
}

export function bindScriptScore(
  { query, script, minScore, boost = 1 }: ScriptScoreQuery,
  context: BindContext,
  bind: BindQuery,
): Query {
  const inner = bind(query, context)
  if (inner.kind === 'none') return inner
  const { value } = scriptFunction(script, context, 'query')
  return {
    kind: 'function_score',
    query: inner,
    functions: [{ filter: matchAll, weight: 1, value }],
    boostsResult: true,
    scoreMode: 'first',
    boostMode: 'replace',
    maxBoost: Infinity,
    ...(boost === 1 ? {} : { boost }),
    ...(minScore === undefined ? {} : { minScore }),
  }
}

/** By the sequence number, which is what tells documents apart here with and without it being named. */
const RANDOM_SCORE = /^\s*randomScore\(\s*(-?\d+)\s*(?:,\s*'_seq_no'\s*)?\)\s*;?\s*$/

/** A script as the value of a score function. */
export function scriptFunction(
  reference: ScriptReference,
  context: BindContext,
  scoreOf: 'query' | 'function',
): Pick<ScoreFunction, 'value'> {
  const seed = RANDOM_SCORE.exec(reference.source ?? '')?.[1]
  if (seed !== undefined) return { value: { kind: 'random', seed: spreadSeed(Number(seed)) } }
  const fields = computedFields(context)
  const path = addScript({ reference, context: scoreContext, type: 'double', scoreOf }, [fields])
  const field = fields.computed(path)
  if (!field) throw new Error('a script was not added')
  return { value: { kind: 'script', field } }
}
