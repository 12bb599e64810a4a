import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { didYouMean, parsingException, tokenName } from '../dsl/errors.ts'
import type { Member } from '../dsl/reading.ts'
import type { ParsedAggregation } from './definition.ts'
import { checkPlacement } from './pipeline/check-placement.ts'
import type { ParsedPipeline } from './pipeline/definition.ts'
import { AGGREGATIONS, PIPELINE_AGGREGATIONS } from './table.ts'

/** The aggregations of a request, checked, of no index yet; each list in the order of the request. */
export interface AggregationTree {
  readonly aggregations: readonly AggregationNode[]
  readonly pipelines: readonly PipelineNode[]
}

export interface AggregationNode {
  readonly name: string
  /** As requests name it: `terms`. */
  readonly type: string
  readonly request: JsonObject
  readonly holdsOthers: boolean
  readonly parsed: ParsedAggregation
  /** Passed through to the answer. */
  readonly meta: JsonObject | undefined
  readonly children: AggregationTree
}

export interface PipelineNode {
  readonly name: string
  /** As requests name it: `derivative`. */
  readonly type: string
  readonly parsed: ParsedPipeline
  readonly meta: JsonObject | undefined
}

export const noAggregations: AggregationTree = { aggregations: [], pipelines: [] }

const engineKinds = new Map(AGGREGATIONS.map((definition) => [definition.name, definition]))
const pipelineKinds = new Map(PIPELINE_AGGREGATIONS.map((definition) => [definition.name, definition]))

/** Levels of aggregations within each other. */
const MAX_DEPTH = 20

/**
 * Reads `aggs`: an object of named aggregations.
 * @throws ElkhornError `parsing_exception`, `x_content_parse_exception`, `illegal_argument_exception`,
 * `action_request_validation_exception` (400)
 */
export function parseAggregations(json: JsonValue, at: Member): AggregationTree {
  const tree = parseLevel(json, at, 0)
  checkPlacement(tree)
  return tree
}

function parseLevel(json: JsonValue, at: Member, depth: number): AggregationTree {
  if (depth > MAX_DEPTH) throw illegalArgument(`aggregations are nested deeper than [${MAX_DEPTH}] levels`)
  if (!isJsonObject(json))
    throw parsingException(`Unknown key for a ${tokenName(json)} in [${at.key}].`, { node: at.node, part: { value: at.key } })
  const aggregations: AggregationNode[] = []
  const pipelines: PipelineNode[] = []
  for (const [name, definition] of Object.entries(json)) {
    if (!/^[^[\]>]+$/.test(name)) {
      throw parsingException(
        `Invalid aggregation name [${name}]. Aggregation names can contain any character except '[', ']', and '>'`,
        { node: json, part: { key: name } },
      )
    }
    if (!isJsonObject(definition)) {
      throw parsingException(
        `Aggregation definition for [${name} starts with a [${tokenName(definition)}], expected a [START_OBJECT].`,
        { node: json, part: { value: name } },
      )
    }
    const node = parseOne(name, definition, depth)
    if ('children' in node) aggregations.push(node)
    else pipelines.push(node)
  }
  return { aggregations, pipelines }
}

function parseOne(name: string, definition: JsonObject, depth: number): AggregationNode | PipelineNode {
  let type: string | undefined
  let meta: JsonObject | undefined
  let children: AggregationTree | undefined
  for (const [key, value] of Object.entries(definition)) {
    const at: Member = { node: definition, key, owner: name }
    if (key === 'meta') {
      if (!isJsonObject(value))
        throw parsingException(`Expected [START_OBJECT] under [meta], but got a [${tokenName(value)}] in [${name}]`, {
          node: definition,
          part: { value: key },
        })
      meta = value
    } else if (key === 'aggs' || key === 'aggregations') {
      if (children)
        throw parsingException(`Found two sub aggregation definitions under [${name}]`, {
          node: definition,
          part: { value: key },
        })
      children = parseLevel(value ?? null, at, depth + 1)
    } else if (type !== undefined) {
      throw parsingException(`Found two aggregation type definitions in [${name}]: [${type}] and [${key}]`, {
        node: definition,
        part: { value: key },
      })
    } else {
      if (!engineKinds.has(key) && !pipelineKinds.has(key)) {
        const known = [...engineKinds.keys(), ...pipelineKinds.keys()]
        throw parsingException(`Unknown aggregation type [${key}]${didYouMean(key, known)}`, {
          node: definition,
          part: { value: key },
        })
      }
      type = key
    }
  }
  if (type === undefined)
    throw parsingException(`Missing definition for aggregation [${name}]`, { node: definition, part: 'end' })
  const body = definition[type] ?? null
  const at: Member = { node: definition, key: type, owner: type }
  const pipeline = pipelineKinds.get(type)
  if (pipeline) {
    if (children) throw illegalArgument(`Aggregation [${name}] cannot define sub-aggregations`)
    return { name, type, parsed: pipeline.parse(body, at, name), meta }
  }
  const kind = engineKinds.get(type)
  if (!kind) throw new Error(`no aggregation ${type}`)
  if (children && !kind.holdsOthers && children.aggregations.length + children.pipelines.length > 0) {
    throw illegalArgument(`Aggregator [${name}] of type [${type}] cannot accept sub-aggregations`)
  }
  const { holdsOthers } = kind
  const request = isJsonObject(body) ? body : {}
  return { name, type, request, holdsOthers, parsed: kind.parse(body, at, name), meta, children: children ?? noAggregations }
}
