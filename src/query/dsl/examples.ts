import type { JsonObject } from '../../core/json.ts'
import type { QueryName } from './parse-query.ts'

/** What a query is for and how it is written: the reference is made of these, and tests ask them of a real engine. */
export interface Example {
  readonly summary: string
  /** What stands under the name. */
  readonly body: JsonObject
}

/** One for each query, over the fields of `../reference-fields.ts`. */
export const QUERY_EXAMPLES: Readonly<Record<QueryName, Example>> = {
  bool: {
    summary: 'Joins queries: all of `must` and `filter`, some of `should`, none of `must_not`.',
    body: { filter: [{ term: { line: 'press' } }], must_not: [{ term: { ok: true } }] },
  },
  boosting: {
    summary: 'Finds what `positive` finds, and scores less what `negative` finds too.',
    body: { positive: { match: { message: 'bearing' } }, negative: { term: { line: 'test' } }, negative_boost: 0.5 },
  },
  combined_fields: {
    summary: 'Looks for the words in several texts as if they were one.',
    body: { query: 'bearing worn', fields: ['title', 'message'] },
  },
  constant_score: {
    summary: 'Finds what `filter` finds, all with the same score.',
    body: { filter: { term: { line: 'press' } }, boost: 2 },
  },
  dis_max: {
    summary: 'Finds what any of the queries finds, with the best of their scores.',
    body: { queries: [{ match: { title: 'bearing' } }, { match: { message: 'bearing' } }], tie_breaker: 0.3 },
  },
  distance_feature: {
    summary: 'Scores the higher the nearer a date or a point is to `origin`.',
    body: { field: '@timestamp', origin: 'now', pivot: '7d' },
  },
  exists: { summary: 'Documents that have a value in the field.', body: { field: 'temperature' } },
  field_masking_span: {
    summary: 'Lets a span of one field stand among those of another, so that their places are compared.',
    body: { query: { span_term: { title: 'bearing' } }, field: 'message' },
  },
  function_score: {
    summary: 'Changes the score of a query by functions: decay, the value of a field, a script, chance.',
    body: {
      query: { match: { message: 'bearing' } },
      field_value_factor: { field: 'temperature', modifier: 'log1p', missing: 1 },
    },
  },
  fuzzy: { summary: 'Terms that differ by few letters.', body: { device: { value: 'pres-07', fuzziness: 'AUTO' } } },
  geo_bounding_box: {
    summary: 'Points within a box.',
    body: { location: { top_left: { lat: 52.6, lon: 13.2 }, bottom_right: { lat: 52.4, lon: 13.6 } } },
  },
  geo_distance: { summary: 'Points within a distance.', body: { distance: '10km', location: { lat: 52.52, lon: 13.4 } } },
  geo_grid: {
    summary: 'Points and shapes in a cell of a grid, as aggregations name it.',
    body: { location: { geohash: 'u33d' } },
  },
  geo_polygon: {
    summary: 'Points within a polygon.',
    body: {
      location: {
        points: [
          { lat: 52.6, lon: 13.2 },
          { lat: 52.6, lon: 13.6 },
          { lat: 52.4, lon: 13.4 },
        ],
      },
    },
  },
  geo_shape: {
    summary: 'Shapes or points that intersect a shape, lie within it, contain it or are apart from it.',
    body: {
      area: {
        shape: {
          type: 'envelope',
          coordinates: [
            [13.2, 52.6],
            [13.6, 52.4],
          ],
        },
        relation: 'intersects',
      },
    },
  },
  has_child: {
    summary: 'Documents with children, of a `join` field, that match.',
    body: { type: 'part', query: { term: { title: 'gear' } }, score_mode: 'max' },
  },
  has_parent: {
    summary: 'Documents whose parent, of a `join` field, matches.',
    body: { parent_type: 'site', query: { term: { line: 'mill' } } },
  },
  ids: { summary: 'Documents by id.', body: { values: ['1', '2'] } },
  intervals: {
    summary: 'Words in an order and at distances from each other, by rules within rules.',
    body: { message: { match: { query: 'bearing worn', max_gaps: 3, ordered: true } } },
  },
  kql: { summary: "The query language of Kibana's search bar.", body: { query: 'line: press and temperature > 80' } },
  match: { summary: 'Analyzes a text and looks for its words.', body: { message: { query: 'bearing worn', operator: 'and' } } },
  match_all: { summary: 'All documents.', body: {} },
  match_bool_prefix: { summary: 'The words of a text, the last one as a prefix.', body: { message: 'bearing wo' } },
  match_none: { summary: 'No document.', body: {} },
  match_phrase: { summary: 'The words of a text one after the other.', body: { message: { query: 'bearing worn', slop: 1 } } },
  match_phrase_prefix: { summary: 'A phrase whose last word is a prefix.', body: { message: 'bearing wo' } },
  multi_match: {
    summary: 'A `match` over several fields.',
    body: { query: 'bearing', fields: ['title^3', 'message'], type: 'best_fields' },
  },
  nested: {
    summary: 'Documents with a nested object that the query finds.',
    body: { path: 'parts', query: { range: { 'parts.hours': { gte: 1000 } } } },
  },
  parent_id: { summary: 'The children of one document, of a `join` field.', body: { type: 'machine', id: '2' } },
  percolate: {
    summary: 'Finds the documents whose stored query matches a document, which is not stored itself.',
    body: { field: 'rule', document: { temperature: 95 } },
  },
  pinned: { summary: 'Puts the named documents on top.', body: { ids: ['1'], organic: { match: { message: 'bearing' } } } },
  prefix: { summary: 'Terms that begin with a text.', body: { device: { value: 'press-' } } },
  query_string: {
    summary: "Lucene's query language, which refuses what it cannot read.",
    body: { query: 'line:press AND temperature:>80', default_field: 'message' },
  },
  range: { summary: 'Values between bounds; dates with date math.', body: { '@timestamp': { gte: 'now-1h', lt: 'now' } } },
  rank_feature: {
    summary:
      'Scores the higher the higher a positive number is that a `rank_feature` field holds, or a name of a `rank_features` field.',
    body: { field: 'importance', saturation: { pivot: 10 } },
  },
  regexp: { summary: "Terms that match a regular expression of Lucene's.", body: { device: { value: 'press-[0-9]+' } } },
  script: {
    summary: 'Documents for which a script is true.',
    body: {
      script: { source: "doc['temperature'].size() > 0 && doc['temperature'].value > params.limit", params: { limit: 80 } },
    },
  },
  script_score: {
    summary: 'Scores by a script.',
    body: { query: { match: { message: 'bearing' } }, script: { source: '_score * 2' } },
  },
  simple_query_string: {
    summary: 'A query language for people, which never refuses.',
    body: { query: '"bearing worn" + -test', fields: ['message'] },
  },
  span_containing: {
    summary: 'Places of `big` that have one of `little` within them.',
    body: {
      little: { span_term: { message: 'worn' } },
      big: {
        span_near: {
          clauses: [{ span_term: { message: 'bearing' } }, { span_term: { message: 'worn' } }],
          slop: 3,
          in_order: true,
        },
      },
    },
  },
  span_first: {
    summary: 'Places near the beginning of a text: up to `end` words.',
    body: { match: { span_term: { message: 'bearing' } }, end: 3 },
  },
  span_multi: {
    summary: 'Places of all words that a prefix, wildcard, regular expression, fuzzy word or range stands for.',
    body: { match: { prefix: { message: 'bear' } } },
  },
  span_near: {
    summary: 'Places near each other: at most `slop` other words between them.',
    body: { clauses: [{ span_term: { message: 'bearing' } }, { span_term: { message: 'worn' } }], slop: 3, in_order: true },
  },
  span_not: {
    summary: 'Places of `include` that none of `exclude` touches.',
    body: { include: { span_term: { message: 'worn' } }, exclude: { span_term: { message: 'hardly' } }, pre: 1 },
  },
  span_or: {
    summary: 'Places of any of the spans.',
    body: { clauses: [{ span_term: { message: 'worn' } }, { span_term: { message: 'broken' } }] },
  },
  span_term: { summary: 'Places of a word, to be put together.', body: { message: 'bearing' } },
  span_within: {
    summary: 'Places of `little` that lie within one of `big`.',
    body: {
      little: { span_term: { message: 'worn' } },
      big: {
        span_near: {
          clauses: [{ span_term: { message: 'bearing' } }, { span_term: { message: 'worn' } }],
          slop: 3,
          in_order: true,
        },
      },
    },
  },
  term: { summary: 'One exact value.', body: { line: { value: 'press' } } },
  terms: { summary: 'Any of several exact values.', body: { line: ['press', 'mill'] } },
  terms_set: {
    summary: 'At least so many of the values as a field or a script of the document says.',
    body: { tags: { terms: ['hot', 'loud', 'old'], minimum_should_match_field: 'required' } },
  },
  wildcard: { summary: 'Terms with `*` and `?` in them.', body: { device: { value: 'press-*', case_insensitive: true } } },
  wrapper: { summary: 'A query in Base64.', body: { query: 'eyJtYXRjaF9hbGwiOnt9fQ==' } },
}
