import { isJsonObject } from '../../src/core/json.ts'
import type { GeneratedRequest } from '../requests/requests.ts'
import type { Mismatch } from './compare.ts'

/** A class of differences that stays, and why. */
interface ListedDifference {
  readonly name: string
  readonly reason: string
  covers(difference: Omit<Mismatch, 'outcomes'> & { readonly request: GeneratedRequest }): boolean
}

/** Of one place in the answers: what comes after it is compared all the same. */
export const EXCUSED: readonly ListedDifference[] = [
  {
    name: 'names of errors',
    reason: 'Elasticsearch 8 calls the error of a document that does not fit the mapping `document_parsing_exception`.',
    covers: ({ ours, theirs }) => ours === 'document_parsing_exception' && theirs === 'mapper_parsing_exception',
  },
  {
    name: 'doc values of `wildcard` fields',
    reason: 'They have doc values, as in Elasticsearch; OpenSearch has none unless it is told to.',
    covers: ({ path, ours, theirs }) => path.endsWith('.pattern.doc_values') && ours === undefined && theirs === false,
  },
  {
    name: 'empty `meta`',
    reason: 'OpenSearch shows an empty `meta` of some aggregations that it has rewritten.',
    covers: ({ path, ours, theirs }) => path.endsWith('.meta') && ours === undefined && JSON.stringify(theirs) === '{}',
  },
  {
    name: 'numbers as texts',
    reason: 'OpenSearch shows numbers of `unsigned_long` fields as texts beside the numbers.',
    covers: ({ path, ours, theirs }) =>
      path.endsWith('_as_string') &&
      ours === undefined &&
      Object.values(isJsonObject(theirs) ? theirs : [theirs]).every((text) =>
        /^(?:NaN|-?Infinity|-?\d+(?:\.\d+)?(?:E-?\d+)?)$/.test(String(text)),
      ),
  },
  {
    name: 'field capabilities',
    reason:
      'As in Elasticsearch 8, `metadata_field` is always there, `match_only_text` belongs to the family `text` and `wildcard` to `keyword`.',
    covers: ({ path, ours, theirs }) =>
      (/^fields\..*\.metadata_field$/.test(path) && typeof ours === 'boolean' && theirs === undefined) ||
      (/^fields\.(?:note\.(?:match_only_)?text|pattern\.(?:keyword|wildcard))$/.test(path) &&
        (ours === undefined || theirs === undefined)),
  },
  {
    name: 'format of `date_nanos`',
    reason: 'As in Elasticsearch 8 its default has nanoseconds, so that the one of `date` is shown where it is asked for.',
    covers: ({ path, ours, theirs }) =>
      path.endsWith('.properties.seen.format') && ours === 'strict_date_optional_time||epoch_millis' && theirs === undefined,
  },
  {
    name: 'wrapped errors',
    reason:
      'What is wrong with a request by itself is said before any index is looked at, so the error is not wrapped in that of a search.',
    covers: ({ path, ours, theirs }) =>
      /(?:^|\.)error\.type$/.test(path) &&
      theirs === 'search_phase_execution_exception' &&
      ['illegal_argument_exception', 'query_shard_exception', 'script_exception'].includes(String(ours)),
  },
  {
    name: 'metadata fields of OpenSearch',
    reason: 'Metadata that cannot be asked for is not shown: `_feature`, `_field_names`, `_nested_path` and their like.',
    covers: ({ path, ours }) =>
      /^fields\._(?:feature|doc_count|data_stream_timestamp|nested_path|field_names)$/.test(path) && ours === undefined,
  },
  {
    name: 'fields of percolators',
    reason: 'OpenSearch shows those that it keeps what it knows of the stored queries in.',
    covers: ({ path, ours }) =>
      ours === undefined &&
      /(?:^|\.)stored\.(?:extracted_terms|extraction_result|query_builder_field|range_field|minimum_should_match_field)$/.test(
        path,
      ),
  },
  {
    name: 'types of shapes',
    reason: 'As in Elasticsearch 8, `fields` has GeoJSON, `Polygon`, whatever the document has.',
    covers: ({ path, ours, theirs }) =>
      (/\.fields\.area\.\d+(?:\.geometries\.\d+)*\.type$/.test(path) &&
        (ours === 'Polygon' ? theirs === 'polygon' || theirs === 'envelope' : String(ours).toLowerCase() === theirs)) ||
      // The corners of an envelope are another number of points, one level higher.
      (/\.fields\.area\.\d+\..*coordinates\b/.test(path) && Array.isArray(ours) !== Array.isArray(theirs)),
  },
  {
    name: '`_version` and `_id`',
    reason: 'The first can be aggregated and the second cannot, as in Elasticsearch 8 by default.',
    covers: ({ path }) => /^fields\.(?:_version\._version|_id\._id)\.aggregatable$/.test(path),
  },
  {
    name: 'error bounds below `auto_date_histogram`',
    reason: 'OpenSearch forgets the bounds of the terms below when it merges buckets.',
    covers: ({ path, theirs }) => /(?:^|\.)auto_date_histogram_\d\..*\.doc_count_error_upper_bound$/.test(path) && theirs === 0,
  },
  {
    name: 'last digits as text',
    reason: 'OpenSearch multiplies a `scaled_float` by the inverse of its factor, which leaves another last digit.',
    covers: ({ path, ours, theirs }) =>
      path.endsWith('.key_as_string') && typeof ours === 'string' && typeof theirs === 'string' && areNumbersNear(ours, theirs),
  },
  {
    name: '`ip_range` in buckets without documents',
    reason: 'Its ranges are there, as those of all other kinds; OpenSearch and Elasticsearch leave out these alone.',
    covers: ({ path, ours, theirs }) =>
      (/\.ip_range_\d\.buckets\..+$/.test(path) && theirs === undefined && isJsonObject(ours) && ours['doc_count'] === 0) ||
      (/_bucket_of_ip_range_\d\./.test(path) && (theirs === null || theirs === 0)),
  },
  {
    name: 'distances',
    reason: 'Of points with all their digits: Lucene keeps 32 bits of each coordinate, about a centimeter.',
    covers: ({ path, ours, theirs, request }) =>
      /^hits\.hits\.\d+\.sort\.\d+$/.test(path) &&
      JSON.stringify(request.body?.['sort'] ?? '').includes('"_geo_distance"') &&
      Math.abs(Number(ours) - Number(theirs)) < 0.02,
  },
  {
    name: 'exact points',
    reason: 'Points keep all their digits; Lucene keeps 32 bits of each coordinate.',
    covers: ({ path, ours, theirs }) =>
      /\.fields\.place\.\d+$/.test(path) && typeof ours === 'string' && typeof theirs === 'string' && arePointsNear(ours, theirs),
  },
]

/** Of an answer as a whole. */
export const LISTED: readonly (Omit<ListedDifference, 'covers'> & {
  covers(difference: Mismatch, request: GeneratedRequest): boolean
})[] = [
  {
    name: 'early ends over `scaled_float`',
    reason:
      'With a number in `track_total_hits` OpenSearch leaves out documents that would be first when it sorts by such a field.',
    covers: ({ path }, { body }) =>
      path.startsWith('hits.hits.') &&
      body?.['track_total_hits'] === 5 &&
      JSON.stringify(body['sort'] ?? '').startsWith('[{"temperature"'),
  },
  {
    name: 'order of errors',
    reason: 'A request that sorts what it scores again is refused for that before its queries are looked at.',
    covers: ({ outcomes: [ours, theirs] }) =>
      theirs.status === 400 && (ours.reason ?? '').startsWith('Cannot use [sort] option in conjunction with [rescore]'),
  },
  {
    name: 'numbers as dates in a zone',
    reason: 'A number is an instant, whatever `time_zone` says; OpenSearch takes it for local time.',
    covers: ({ path }, { body }) =>
      /(?:^|\.)date_range_\d\./.test(path) && /"(?:from|to)":\d{12,}.*"time_zone"/.test(JSON.stringify(body ?? {})),
  },
  {
    name: 'filtered aliases',
    reason: 'Suggestions and backgrounds are of the documents that the alias shows; OpenSearch takes those of the whole index.',
    covers: ({ path }, request) => /^suggest\.|(?:^|\.)significant_terms_/.test(path) && request.path.includes('-some/'),
  },
  {
    name: 'OpenSearch fails',
    reason:
      'OpenSearch answers 500 or 503: a fault of its own, such as `UnsupportedOperationException` or an index out of bounds. Or `fields` of a percolator end in 400.',
    covers: ({ outcomes: [ours, theirs] }) =>
      ours.status < 500 &&
      (theirs.status >= 500 ||
        (theirs.status === 400 && /returned an invalid score: NaN|is not an IP string literal/.test(theirs.reason ?? ''))),
  },
  {
    name: 'scores of shapes',
    reason: 'Shapes that are found count 1, as all that is not scored; OpenSearch scores some of them 0.',
    covers: ({ path }, { body }) =>
      (body?.['min_score'] === undefined ? /^hits\.(?:max_score$|hits\.\d+\.(?:_score|_id)$)/ : /^hits\.|^count$/).test(path) &&
      JSON.stringify(body ?? {}).includes('"geo_shape":{"area":{"shape":{"type":"'),
  },
  {
    name: 'points and shapes',
    reason: 'As in Elasticsearch 8, points may be asked for by all relations to a shape.',
    covers: ({ outcomes: [ours, theirs] }) =>
      ours.status === 200 && /query relation not supported for Field \[place\]/.test(theirs.reason ?? ''),
  },
  {
    name: 'ranges of `wildcard` fields',
    reason: 'Elasticsearch compares their values; OpenSearch answers 400 with the reason `TODO`.',
    covers: ({ outcomes: [ours, theirs] }) =>
      (ours.status === 200 || theirs.status === ours.status) && theirs.reason?.endsWith('TODO') === true,
  },
  {
    name: 'patterns and lists of terms together',
    reason: 'Elasticsearch takes a pattern in `include` together with a list in `exclude` since 7.11, or the other way round.',
    covers: ({ outcomes: [ours, theirs] }) =>
      ours.status === 200 && /\[terms\] failed to parse field \[(?:in|ex)clude\]/.test(theirs.reason ?? ''),
  },
  {
    name: 'below `rare_terms` within other buckets',
    reason: 'OpenSearch mixes up the terms that it keeps there: it shows what documents of other terms have.',
    covers: ({ path }) => /\.buckets\.\w+\..*rare_terms_\d\.buckets\.\d+\.\w+_\w+\./.test(path),
  },
  {
    name: 'significant terms below `auto_date_histogram`',
    reason: 'OpenSearch adds up the documents of the background once for each bucket that it merges.',
    covers: ({ path }) => /(?:^|\.)auto_date_histogram_\d\.buckets\.\d+\.(?:.*\.)?significant_terms_\d\./.test(path),
  },
  {
    name: 'lists and objects in place of a value',
    reason: 'They are refused as such; OpenSearch takes a bracket of theirs for the value.',
    covers: ({ outcomes: [ours, theirs] }) =>
      ours.status === 400 &&
      (theirs.status === 400 || theirs.status === 200) &&
      /^\[range\] unknown token \[START_ARRAY\] after|^\[terms\] query on .*: a term is a single value|^\[term\] value cannot be null/.test(
        ours.reason ?? '',
      ),
  },
  {
    name: 'below `adjacency_matrix` within other buckets',
    reason: 'OpenSearch gives what is below to the matrix of another bucket around.',
    covers: ({ path }) => /\.buckets\.\w+\.(?:.*\.)?adjacency_matrix_\d\.buckets\.\d+\.\w+_\w+\./.test(path),
  },
  {
    name: '`matrix_stats` below `auto_date_histogram`',
    reason: 'OpenSearch loses documents, or answers `NaN`, when it merges buckets.',
    covers: ({ path }) => /(?:^|\.)auto_date_histogram_\d\..*matrix_stats_\d\./.test(path),
  },
  {
    name: '`auto_date_histogram` within `auto_date_histogram`',
    reason: 'OpenSearch puts buckets that were merged already into those of other lengths, by their starts.',
    covers: ({ path }) => /(?:^|\.)auto_date_histogram_\d\.buckets\.\d+\.(?:.*\.)?auto_date_histogram_\d\./.test(path),
  },
  {
    name: 'terms without documents below `auto_date_histogram`',
    reason: 'OpenSearch loses them when it merges buckets.',
    covers: ({ path, theirs }) => theirs === undefined && /(?:^|\.)auto_date_histogram_\d\..*terms_\d\.buckets\.\d+$/.test(path),
  },
  {
    name: '`min` of fields that nobody mapped',
    reason: 'OpenSearch counts no documents in ranges and filters that have nothing else below them.',
    covers: ({ path, ours, theirs }, { body }) =>
      theirs === 0 &&
      Number(ours) > 0 &&
      /(?:range|filters?)_\d\..*doc_count$/.test(path) &&
      JSON.stringify(body ?? {}).includes('"aggs":{"min_'),
  },
  {
    name: 'patterns of `wildcard` fields',
    reason: 'OpenSearch heeds the case in some regular expressions that ask not to, and scores `*` as a term.',
    covers: ({ path, outcomes: [ours, theirs] }, { body }) =>
      ours.status === theirs.status &&
      /^hits\.(?:total|max_score|hits)|^count$/.test(path) &&
      /"regexp":\{"pattern":\{[^}]*"case_insensitive":true|"wildcard":\{"pattern":\{"value":"\*"/.test(
        JSON.stringify(body ?? {}),
      ),
  },
  {
    name: 'more_like_this, highlighted',
    reason: 'What is found by likeness is marked; OpenSearch marks nothing.',
    covers: ({ path, theirs }, { body }) =>
      path.endsWith('.highlight') && theirs === undefined && JSON.stringify(body ?? {}).includes('"more_like_this"'),
  },
  {
    name: 'scripts of fields that nobody mapped',
    reason: 'They are refused; OpenSearch does not run scripts of searches that find nothing or show nothing.',
    covers: ({ outcomes: [ours, theirs] }, { body }) =>
      ours.type === 'script_exception' && theirs.status === 200 && /"script"/.test(JSON.stringify(body ?? {})),
  },
  {
    name: 'several weights',
    reason: 'A wrong request to `weighted_avg` is 400, as in Elasticsearch 8; OpenSearch answers 500.',
    covers: ({ outcomes: [ours, theirs] }) =>
      ours.status === 400 && (theirs.reason ?? '').startsWith('Encountered more than one weight'),
  },
]

/** Of several fields `1.5|x`. */
function areNumbersNear(a: string, b: string): boolean {
  const [left, right] = [a.split('|'), b.split('|')]
  const isNear = (x: string, y = ''): boolean => x === y || Math.abs(Number(x) - Number(y)) <= 1e-12 * Math.abs(Number(y))
  return left.length === right.length && left.every((part, at) => isNear(part, right[at]))
}

/** `lat, lon` in degrees. */
function arePointsNear(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => text.split(', ').map(Number)) as [number[], number[]]
  return left.length === 2 && right.length === 2 && left.every((value, at) => Math.abs(value - (right[at] ?? NaN)) < 1e-6)
}
