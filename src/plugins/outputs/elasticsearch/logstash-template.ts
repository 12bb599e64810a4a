import type { JsonObject } from '../../../core/json.ts'

/**
 * The template that Logstash's output puts for `logstash-*`: texts with a keyword beside them, places of `geoip` on the map.
 * Source: elasticsearch-8x.json of logstash-output-elasticsearch (Apache-2.0).
 */
export const logstashTemplate: JsonObject = {
  index_patterns: ['logstash-*'],
  version: 80001,
  priority: 200,
  template: {
    settings: { index: { mapping: { total_fields: { limit: 10000 } }, refresh_interval: '5s' } },
    mappings: {
      dynamic_templates: [
        { message_field: { path_match: 'message', match_mapping_type: 'string', mapping: { type: 'text', norms: false } } },
        {
          string_fields: {
            match: '*',
            match_mapping_type: 'string',
            mapping: { type: 'text', norms: false, fields: { keyword: { type: 'keyword', ignore_above: 256 } } },
          },
        },
      ],
      properties: {
        '@timestamp': { type: 'date' },
        '@version': { type: 'keyword' },
        geoip: {
          dynamic: true,
          properties: {
            ip: { type: 'ip' },
            location: { type: 'geo_point' },
            latitude: { type: 'half_float' },
            longitude: { type: 'half_float' },
          },
        },
      },
    },
  },
}
