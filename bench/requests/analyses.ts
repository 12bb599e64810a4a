import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import type { Random } from './random.ts'
import { sentence } from './words.ts'

const ANALYZERS = ['standard', 'simple', 'whitespace', 'stop', 'keyword', 'english', 'german', 'french', 'pattern', 'fingerprint']
const TOKENIZERS: readonly JsonValue[] = [
  'standard',
  'whitespace',
  'letter',
  'lowercase',
  'keyword',
  'classic',
  'uax_url_email',
  { type: 'ngram', min_gram: 2, max_gram: 3 },
  { type: 'edge_ngram', min_gram: 1, max_gram: 4, token_chars: ['letter', 'digit'] },
  { type: 'pattern', pattern: '[^a-z0-9]+' },
  { type: 'path_hierarchy', delimiter: '.' },
  { type: 'char_group', tokenize_on_chars: ['whitespace', '-'] },
]
const FILTERS: readonly JsonValue[] = [
  'lowercase',
  'uppercase',
  'asciifolding',
  'stop',
  'porter_stem',
  'kstem',
  'reverse',
  'unique',
  'trim',
  'apostrophe',
  'shingle',
  'edge_ngram',
  'word_delimiter_graph',
  'word_delimiter',
  'decimal_digit',
  'fingerprint',
  { type: 'length', min: 3, max: 6 },
  { type: 'truncate', length: 3 },
  { type: 'limit', max_token_count: 3 },
  { type: 'stemmer', language: 'light_german' },
  { type: 'shingle', min_shingle_size: 2, max_shingle_size: 3, output_unigrams: false },
  { type: 'synonym', synonyms: ['disk, drive', 'quick brown => fast'] },
  { type: 'keep', keep_words: ['disk', 'error', 'the'] },
  { type: 'pattern_replace', pattern: '[aeiou]', replacement: '_' },
]
const CHAR_FILTERS: readonly JsonValue[] = [
  'html_strip',
  { type: 'mapping', mappings: ['ü => ue', '- => _'] },
  { type: 'pattern_replace', pattern: '(\\d+)', replacement: '<$1>' },
]

/** What becomes of a text. */
export function analysis(random: Random, fields: readonly string[]): JsonObject {
  const text = random.chance(0.8) ? sentence(random) : [sentence(random, 1, 3), sentence(random, 1, 3)]
  if (random.chance(0.3))
    return { text, ...random.pick<JsonObject>([{ analyzer: random.pick(ANALYZERS) }, { field: random.pick(fields) }]) }
  return {
    text,
    tokenizer: random.pick(TOKENIZERS),
    filter: random.times(0, 2, () => random.pick(FILTERS)),
    ...(random.chance(0.2) ? { char_filter: [random.pick(CHAR_FILTERS)] } : {}),
    ...(random.chance(0.1) ? { explain: true } : {}),
  }
}
