import type { FieldType } from '../query/field.ts'
import { CHAR_FILTERS } from '../query/analysis/char-filters.ts'
import { ANALYZER_NAMES } from '../query/analysis/analysis.ts'
import { TOKEN_FILTERS } from '../query/analysis/token-filters.ts'
import { TOKENIZERS } from '../query/analysis/tokenizers.ts'
import { settingsWithoutEffect } from './settings/index-settings.ts'
import { FIELD_TYPES, parametersOf } from './mapping/field-types.ts'

/** What each type keeps, in the words of the reference. */
const SUMMARIES: Readonly<Record<FieldType, string>> = {
  aggregate_metric_double: 'Numbers that were summed up before: some of `min`, `max`, `sum`, `value_count`.',
  annotated_text: 'Text with annotations in its markup.',
  binary: 'Bytes in Base64; kept, not searched.',
  boolean: '`true` and `false`.',
  byte: 'Integers of 8 bits.',
  completion: 'Inputs that the completion suggester finishes.',
  constant_keyword: 'The same text in all documents of the index.',
  counted_keyword: 'Texts, counted once for each time they stand in an array.',
  date: 'Instants to the millisecond.',
  date_nanos: 'Instants to the nanosecond.',
  date_range: 'Spans of time.',
  dense_vector: 'Lists of numbers of one length.',
  double: 'Floating point, 64 bits.',
  double_range: 'Ranges of `double`.',
  flattened: 'An object of any members, searched by path as keywords.',
  float: 'Floating point, 32 bits.',
  float_range: 'Ranges of `float`.',
  geo_point: 'Points on earth.',
  geo_shape: 'Shapes on earth, as GeoJSON or WKT.',
  half_float: 'Floating point, 16 bits.',
  histogram: 'Values with how often each occurred.',
  integer: 'Integers of 32 bits.',
  integer_range: 'Ranges of `integer`.',
  ip: 'Addresses, version 4 and 6.',
  ip_range: 'Ranges of addresses, also as networks.',
  join: 'The relation of a document to others.',
  keyword: 'Texts as a whole: names, codes, states.',
  long: 'Integers of 64 bits.',
  long_range: 'Ranges of `long`.',
  match_only_text: 'Text for logs: found without positions and scores.',
  murmur3: 'Hashes of values, to count different ones.',
  percolator: 'Queries, to be asked about documents.',
  point: 'Points of a plane.',
  rank_feature: 'A positive number by which documents score.',
  rank_features: 'Positive numbers by name, by which documents score.',
  rank_vectors: 'Several vectors of one length.',
  scaled_float: 'Decimal numbers as integers times a factor.',
  search_as_you_type: 'Text that is found while it is typed.',
  semantic_text: 'Text for inference; kept, not searched by meaning.',
  shape: 'Shapes of a plane.',
  short: 'Integers of 16 bits.',
  sparse_vector: 'Weights of names.',
  text: 'Analyzed text.',
  token_count: 'How many tokens a text has.',
  unsigned_long: 'Integers from 0 to 2⁶⁴ − 1.',
  version: 'Versions of software, in their order.',
  wildcard: 'Texts for patterns with `*`.',
}

/** The page `docs/reference/mappings.md`: the types of fields with their parameters, and the parts of analyzers. */
export function mappingReference(): string {
  return [
    '# Types of fields and analysis',
    '',
    'Made from the code by `npm run docs`; do not edit. Objects are `object` (also `passthrough`), `nested` or `flattened`; an',
    '`alias` is another name of a field; any field may have `fields` of other types and `copy_to`. A parameter that stands',
    'with `=` has that value when it is absent.',
    '',
    '| Type | Keeps | Parameters |',
    '|---|---|---|',
    ...FIELD_TYPES.toSorted().map((type) => `| \`${type}\` | ${SUMMARIES[type]} | ${parameters(type)} |`),
    '',
    '## Parts of analyzers',
    '',
    ...list('Analyzers', ANALYZER_NAMES),
    ...list('Tokenizers', Object.keys(TOKENIZERS)),
    ...list('Token filters', Object.keys(TOKEN_FILTERS)),
    ...list('Character filters', Object.keys(CHAR_FILTERS)),
    '## Settings of indices without effect',
    '',
    'These are taken, kept and printed, so that templates and clients work that set them, and change nothing. Some are about how',
    'Lucene stores and about other nodes, which are not here; `index.mapping.coerce` and `index.sort.*` are not honoured yet.',
    '',
    ...list('Settings', settingsWithoutEffect),
  ].join('\n')
}

function parameters(type: FieldType): string {
  return parametersOf(type)
    .map(({ name, default: value }) => `\`${name}${value === undefined ? '' : ` = ${JSON.stringify(value)}`}\``)
    .join(', ')
}

const list = (title: string, names: readonly string[]): string[] => [
  `**${title}**: ${names
    .toSorted()
    .map((name) => `\`${name}\``)
    .join(', ')}.`,
  '',
]
