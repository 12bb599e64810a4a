import type { JsonObject } from '../core/json.ts'
import { AGGREGATION_EXAMPLES } from './aggs/examples.ts'
import { AGGREGATIONS, PIPELINE_AGGREGATIONS } from './aggs/table.ts'
import { QUERY_EXAMPLES } from './dsl/examples.ts'
import { QUERY_NAMES } from './dsl/parse-query.ts'
import { REFERENCE_FIELDS } from './reference-fields.ts'

/** The page `docs/reference/search.md`: every query and aggregation there is, with an example that is tested. */
export function searchReference(): string {
  return [
    '# Queries and aggregations',
    '',
    'Made from the code by `npm run docs`; do not edit. Every query and aggregation that Elkhorn answers, as in the',
    "documentation of Elasticsearch, with an example that the tests ask of a running one. What differs from Elasticsearch's",
    'answers is in [Compared with OpenSearch](differential.md) and [Deviations](deviations.md).',
    '',
    'The examples are over this mapping:',
    '',
    code(REFERENCE_FIELDS),
    '',
    '## Queries',
    '',
    ...QUERY_NAMES.toSorted().flatMap((name) => {
      const { summary, body } = QUERY_EXAMPLES[name]
      return [`### \`${name}\``, '', summary, '', code({ query: { [name]: body } }), '']
    }),
    '## Aggregations',
    '',
    ...aggregations(AGGREGATIONS.map(({ name }) => name)),
    '## Aggregations over the results of others',
    '',
    ...aggregations(PIPELINE_AGGREGATIONS.map(({ name }) => name)),
  ].join('\n')
}

function aggregations(names: readonly string[]): string[] {
  return names.toSorted().flatMap((name) => {
    const example = AGGREGATION_EXAMPLES[name]
    if (!example) throw new Error(`aggs/examples.ts has no example of [${name}]`)
    return [`### \`${name}\``, '', example.summary, '', code({ aggs: example.aggs }), '']
  })
}

const code = (json: JsonObject): string => `\`\`\`json\n${printJson(json)}\n\`\`\``

/** Widest line that is not broken. */
const LINE = 100

/** JSON with what fits in a line on one line. */
function printJson(value: unknown, indent = ''): string {
  const flat = JSON.stringify(value, undefined, 1).replace(/\n\s*/g, ' ')
  if (typeof value !== 'object' || value === null || indent.length + flat.length <= LINE) return flat
  const inner = `${indent}  `
  const members = Array.isArray(value)
    ? value.map((one) => printJson(one, inner))
    : Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${printJson(one, inner)}`)
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  return `${open}\n${members.map((member) => inner + member).join(',\n')}\n${indent}${close}`
}
