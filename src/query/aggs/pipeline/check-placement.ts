import { ElkhornError, illegalArgument } from '../../../core/errors.ts'
import type { AggregationNode, AggregationTree, PipelineNode } from '../parse-aggregations.ts'

/** Buckets without a key: one for all documents. */
const SINGLE_BUCKET = new Set([
  'children',
  'diversified_sampler',
  'filter',
  'global',
  'missing',
  'nested',
  'parent',
  'random_sampler',
  'reverse_nested',
  'sampler',
])
/** Look back along buckets that come in order without gaps. */
const SEQUENTIAL = new Set([
  'cumulative_cardinality',
  'cumulative_sum',
  'derivative',
  'moving_fn',
  'moving_percentiles',
  'serial_diff',
])
/** What `composite` may stand within: it pages over documents that are there only once. */
const PAGED_WITHIN = new Set(['filter', 'nested', 'random_sampler', 'reverse_nested'])

/**
 * Checks that every aggregation stands where it can be computed.
 * @throws ElkhornError `action_request_validation_exception` with all that is wrong with pipelines, `illegal_argument_exception` (400)
 */
export function checkPlacement(tree: AggregationTree): void {
  const mistakes = [...mistakesIn(tree, undefined, undefined)]
  if (mistakes.length > 0) {
    const list = mistakes.map((mistake, at) => `${at + 1}: ${mistake};`).join('')
    throw new ElkhornError('action_request_validation_exception', 400, `Validation Failed: ${list}`)
  }
}

/** @param parting the nearest aggregation around, if any, that has documents in several buckets */
function* mistakesIn(
  { aggregations, pipelines }: AggregationTree,
  parent: AggregationNode | undefined,
  parting: AggregationNode | undefined,
): Generator<string> {
  for (const node of aggregations) {
    if (node.type === 'composite' && parting) {
      throw illegalArgument(
        `[composite] aggregation cannot be used with a parent aggregation of type: [${factoryName(parting.type)}]`,
      )
    }
    yield* mistakesIn(node.children, node, PAGED_WITHIN.has(node.type) ? parting : node)
  }
  for (const pipeline of pipelines) {
    const mistake =
      pipeline.parsed.placement === 'parent' ? mistakeWithin(pipeline, parent) : mistakeBeside(pipeline, aggregations)
    if (mistake !== undefined) yield mistake
  }
}

function mistakeWithin({ name, type }: PipelineNode, parent: AggregationNode | undefined): string | undefined {
  if (!SEQUENTIAL.has(type)) {
    return parent ? undefined : `${type} aggregation [${name}] must be declared inside of another aggregation`
  }
  const wanted = `${type} aggregation [${name}] must have a histogram, date_histogram or auto_date_histogram as parent`
  if (!parent) return `${wanted} but doesn't have a parent`
  if (parent.type === 'auto_date_histogram') return undefined
  if (parent.type !== 'histogram' && parent.type !== 'date_histogram') return wanted
  const least = parent.request['min_doc_count']
  return least === undefined || Number(least) === 0
    ? undefined
    : `parent histogram of ${type} aggregation [${name}] must have min_doc_count of 0`
}

function mistakeBeside({ name, parsed }: PipelineNode, siblings: readonly AggregationNode[]): string | undefined {
  const [path = ''] = parsed.paths
  let level = siblings
  for (const step of path.split('>').map((one) => one.trim())) {
    const at = level.find((one) => one.name === step || step.startsWith(`${one.name}.`) || step.startsWith(`${one.name}[`))
    if (!at) return `buckets_path aggregation does not exist for aggregation [${name}]: ${path}`
    if (!SINGLE_BUCKET.has(at.type)) {
      return at.holdsOthers
        ? undefined
        : `The first aggregation in buckets_path must be a multi-bucket aggregation for aggregation [${name}] found :${at.type} for buckets path: ${path}`
    }
    level = at.children.aggregations
  }
  return `The first aggregation in buckets_path must be a multi-bucket aggregation for aggregation [${name}] for buckets path: ${path}`
}

/** `date_range` → `DateRangeAggregatorFactory`, as Elasticsearch calls it. */
const factoryName = (type: string): string =>
  `${type === 'ip_range' ? 'BinaryRange' : type.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())}AggregatorFactory`
