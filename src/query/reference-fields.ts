import type { JsonObject } from '../core/json.ts'

/** The mapping that the examples of the reference are written for. */
export const REFERENCE_FIELDS: JsonObject = {
  '@timestamp': { type: 'date' },
  device: { type: 'keyword' },
  line: { type: 'keyword' },
  tags: { type: 'keyword' },
  required: { type: 'integer' },
  ok: { type: 'boolean' },
  temperature: { type: 'double' },
  count: { type: 'long' },
  title: { type: 'text' },
  message: { type: 'text' },
  ip: { type: 'ip' },
  location: { type: 'geo_point' },
  area: { type: 'geo_shape' },
  importance: { type: 'rank_feature' },
  relation: { type: 'join', relations: { site: 'machine', machine: 'part' } },
  rule: { type: 'percolator' },
  parts: { type: 'nested', properties: { name: { type: 'keyword' }, hours: { type: 'long' } } },
}
