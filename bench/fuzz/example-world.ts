import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import type { GeneratedRequest } from '../requests/requests.ts'
import type { Random } from '../requests/random.ts'
import { EXAMPLE_DOCUMENTS, EXAMPLE_MAPPING, exampleDocument, SYNONYM_SET } from './example-fields.ts'
import { exampleQuery } from './example-searches.ts'

export const EXAMPLE_INDEX = 'fuzz-examples'
export const INGEST_PIPELINE = 'fuzz'

/** Makes an index with a field of every type, stored queries and related documents, and what it is analyzed and written by. */
export function exampleFilling(random: Random): readonly GeneratedRequest[] {
  const write = (method: string, path: string, body: JsonObject): GeneratedRequest => ({ kind: 'write', method, path, body })
  const lines = Array.from({ length: EXAMPLE_DOCUMENTS }, (_, at): JsonValue[] => [
    { index: { _index: EXAMPLE_INDEX, _id: `${at}`, routing: '0' } },
    { ...exampleDocument(random), ...random.options(0.8, { rule: exampleQuery(random, 1) }) },
  ]).flat()
  return [
    write('PUT', `/_synonyms/${SYNONYM_SET}`, { synonyms_set: [{ synonyms: 'hot, warm' }, { synonyms: 'disk => drive' }] }),
    write('PUT', `/_ingest/pipeline/${INGEST_PIPELINE}`, {
      processors: [{ set: { field: 'seen', value: '{{_ingest.timestamp}}' } }],
    }),
    write('PUT', `/${EXAMPLE_INDEX}`, {
      settings: {
        analysis: {
          filter: { set: { type: 'synonym_graph', synonyms_set: SYNONYM_SET, updateable: true } },
          analyzer: { same: { type: 'custom', tokenizer: 'standard', filter: ['lowercase', 'set'] } },
        },
      },
      mappings: EXAMPLE_MAPPING,
    }),
    { kind: 'write', method: 'POST', path: '/_bulk?refresh=true', lines },
  ]
}
