import { parseByteSize } from '../../core/byte-size.ts'
import { parseDurationMs } from '../../core/duration.ts'
import { illegalArgument } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { IndexStats } from '../../engine/engine.ts'
import type { IndexContext } from '../index-context.ts'
import type { AliasRecord, IndexState } from '../index-state.ts'
import { parseInteger, printValue } from '../mapping/parameters.ts'
import { resolveDateMathName } from '../names/date-math-name.ts'
import { parseIndexName } from '../names/index-name.ts'
import { indexNotFound } from '../names/resolve-names.ts'
import { indexSetting } from '../settings/index-settings.ts'
import { composeFor } from '../templates/compose.ts'
import { addIndex, checkFree, createIndex, type CreateIndexRequest } from './create-index.ts'
import { nextBackingIndexName, rolloverDataStream } from './data-streams.ts'

export interface RolloverRequest {
  readonly target: string
  /** Name of the new index, where the old one's number is not simply to be counted up. */
  readonly newIndex?: string
  readonly conditions: readonly RolloverCondition[]
  readonly create: Omit<CreateIndexRequest, 'name'>
  readonly dryRun: boolean
}

/** A condition and how Elasticsearch prints it. Any `max` is enough, but all `min`s are needed. */
export interface RolloverCondition {
  readonly text: string
  readonly kind: 'max' | 'min'
  readonly met: (index: IndexState, stats: IndexStats | undefined, now: number) => boolean
}

export interface RolloverResult {
  readonly oldIndex: string
  readonly newIndex: string
  readonly rolledOver: boolean
  readonly conditions: Readonly<Record<string, boolean>>
}

type Measure = (index: IndexState, stats: IndexStats | undefined, now: number) => number

const measures: Readonly<Record<string, { readonly of: Measure; readonly parse: (value: JsonValue, key: string) => number }>> = {
  age: { of: (index, _stats, now) => now - index.createdAt, parse: (value, key) => parseDurationMs(printValue(value), key) },
  docs: { of: (_index, stats) => stats?.documents ?? 0, parse: parseInteger },
  size: { of: (_index, stats) => stats?.storedBytes ?? 0, parse: (value, key) => parseByteSize(printValue(value), key) },
  primary_shard_size: {
    of: (index, stats) => (stats?.storedBytes ?? 0) / index.shards,
    parse: (value, key) => parseByteSize(printValue(value), key),
  },
  primary_shard_docs: { of: (index, stats) => (stats?.documents ?? 0) / index.shards, parse: parseInteger },
}

/** @throws ElkhornError `illegal_argument_exception` naming the condition */
export function parseRolloverConditions(json: JsonObject): readonly RolloverCondition[] {
  return Object.entries(json).flatMap(([key, value]): RolloverCondition[] => {
    if (value === undefined || value === null) return []
    const [, kind, name = ''] = /^(max|min)_(\w+)$/.exec(key) ?? []
    const measure = Object.hasOwn(measures, name) ? measures[name] : undefined
    if (!measure || (kind !== 'max' && kind !== 'min')) throw illegalArgument(`[conditions] unknown field [${key}]`)
    const limit = measure.parse(value, key)
    return [{ text: `[${key}: ${printValue(value)}]`, kind, met: (index, stats, now) => measure.of(index, stats, now) >= limit }]
  })
}

/**
 * Gives an alias or a data stream a new index to write to, if the conditions are met.
 * @throws ElkhornError `illegal_argument_exception` for what cannot be rolled over
 */
export async function rollover(context: IndexContext, request: RolloverRequest): Promise<RolloverResult> {
  const { catalog } = context
  const stream = catalog.findDataStream(request.target)
  const source = stream ? catalog.findIndex(stream.indices.at(-1) ?? '') : aliasSource(context, request.target)
  if (!source) throw indexNotFound(request.target)
  const stats = (await context.engine.stats([source.uuid])).get(source.uuid)
  const now = context.clock.now()
  const met = request.conditions.map((condition) => ({ condition, is: condition.met(source, stats, now) }))
  const maxima = met.filter(({ condition }) => condition.kind === 'max')
  const due =
    met.every(({ condition, is }) => condition.kind === 'max' || is) && (maxima.length === 0 || maxima.some(({ is }) => is))
  const conditions = Object.fromEntries(met.map(({ condition, is }) => [condition.text, is]))
  if (stream) {
    const newIndex = nextBackingIndexName(context, stream)
    if (due && !request.dryRun) await rolloverDataStream(context, stream)
    return { oldIndex: source.name, newIndex, rolledOver: due && !request.dryRun, conditions }
  }
  const provided = request.newIndex ?? nextName(source)
  const newIndex = parseIndexName(resolveDateMathName(provided, now))
  checkFree(context, newIndex)
  if (due && !request.dryRun) await rolloverAlias(context, request, source, newIndex, provided)
  return { oldIndex: source.name, newIndex, rolledOver: due && !request.dryRun, conditions }
}

function aliasSource({ catalog }: IndexContext, name: string): IndexState | undefined {
  if (catalog.findIndex(name)) {
    throw illegalArgument(`rollover target is a [concrete index] but one of [alias,data_stream] was expected`)
  }
  const targets = catalog.findAlias(name)
  if (!targets) throw illegalArgument(`rollover target [${name}] does not exist`)
  const writer = [...targets.indices].find(([, record]) => record.is_write_index === true)
  const only = targets.indices.size === 1 ? [...targets.indices.keys()][0] : undefined
  const index = writer?.[0] ?? only
  if (index === undefined) throw illegalArgument(`rollover target [${name}] does not point to a write index`)
  return catalog.findIndex(index)
}

/** `logs-000009` → `logs-000010`; a name that was made from a date expression is made anew from it. */
function nextName(index: IndexState): string {
  const provided = indexSetting(index.settings, 'index.provided_name') || index.name
  const isExpression = provided.startsWith('<') && provided.endsWith('>')
  const match = /^(.*-)(\d+)(>?)$/.exec(provided)
  if (!match || (match[3] === '>') !== isExpression) {
    throw illegalArgument(`index name [${index.name}] does not match pattern '^.*-\\d+$'`)
  }
  return `${match[1]}${String(Number(match[2]) + 1).padStart(6, '0')}${match[3]}`
}

async function rolloverAlias(
  context: IndexContext,
  request: RolloverRequest,
  source: IndexState,
  name: string,
  provided: string,
): Promise<void> {
  const { catalog } = context
  const alias = request.target
  const record: AliasRecord = source.aliases.get(alias) ?? {}
  const explicit = record.is_write_index !== undefined
  // Templates and the request may name the alias too; what the alias was counts.
  const { [alias]: _given, ...others } = request.create.aliases ?? {}
  const composed = composeFor(catalog, name)
  const { [alias]: _fromTemplate, ...aliases } = composed.aliases
  if (composed.dataStream) await createIndex(context, { name })
  const index = addIndex(context, name, { ...request.create, aliases: others, providedName: provided }, { ...composed, aliases })
  const before = new Map(source.aliases)
  if (explicit) before.set(alias, { ...record, is_write_index: false })
  else before.delete(alias)
  void catalog.setAliases(source, before).catch(() => undefined)
  void catalog.setAliases(index, new Map([...index.aliases, [alias, record]])).catch(() => undefined)
  await index.ready
  await catalog.durable()
}
