import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonValue } from '../../core/json.ts'
import { valuesAt } from '../../core/values-at.ts'
import { analyzerFor, type Analysis } from '../analysis/analysis.ts'
import type { Analyzer } from '../analysis/token.ts'
import { type BindContext, computedFields, isText } from '../bind/context.ts'
import type { Computation } from '../computed/computation.ts'
import { addComputation } from '../computed/computed-fields.ts'
import { int, listOf, raw, readObject, text } from '../dsl/reading.ts'
import type { Field } from '../field.ts'
import { categoryExpression, maxMatchingLength, TextCategorizer } from '../text-categories.ts'
import { BY_COUNT } from './bucket-order.ts'
import type { AggregationDefinition, BucketSkeleton } from './definition.ts'
import { findField } from './values-source.ts'

/** Words of a text that are looked at. */
const MAX_WORDS = 100
/** UTF-16 code units of a word, which categories keep: as many as the standard tokenizer gives one. */
const MAX_WORD_LENGTH = 255
/** Categories of each bucket around that are counted, the most frequent ones: more than are shown, because ties are sorted by name. */
const CANDIDATES = 1000

const DATE_WORDS =
  'Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Wed Thu Fri Sat Sun January February March April May June July ' +
  'August September October November December Jan Feb Mar Apr Jun Jul Aug Sep Oct Nov Dec GMT UTC'

/** A bucket for each kind of text, of what programs write: texts that differ in few words are of one kind. */
export const categorizeText: AggregationDefinition = {
  name: 'categorize_text',
  holdsOthers: true,
  parse(json, at, name) {
    const spec = {
      field: text,
      size: int,
      shard_size: int,
      min_doc_count: int,
      shard_min_doc_count: int,
      similarity_threshold: int,
      max_unique_tokens: int,
      max_matched_tokens: int,
      categorization_filters: listOf(text),
      categorization_analyzer: raw,
    }
    const read = readObject(json, at, spec, 'object')
    const { field: path, size = 10, min_doc_count: minDocCount = 1, similarity_threshold: threshold = 70 } = read
    if (path === undefined) throw illegalArgument('Required [field]')
    if (size <= 0) throw illegalArgument(`[size] must be greater than 0. Found [${size}] in [${name}]`)
    if (minDocCount < 0)
      throw illegalArgument(`[min_doc_count] must be greater than or equal to 0. Found [${minDocCount}] in [${name}]`)
    if (threshold < 1 || threshold > 100)
      throw illegalArgument(`[similarity_threshold] must be in the range [1, 100]. Found [${threshold}] in [${name}]`)
    const { categorization_filters: filters, categorization_analyzer: analyzer } = read
    if (filters && analyzer !== undefined) {
      throw illegalArgument(
        '[categorization_filters] cannot be used with [categorization_analyzer] - instead specify them as [pattern_replace] [char_filters] in the analyzer',
      )
    }
    return {
      bind(context) {
        const found = findField(path, context)
        if (found && !isText(found) && found.type !== 'keyword' && found.type !== 'wildcard') {
          throw illegalArgument(
            `categorize_text agg [${name}] only works on text and keyword fields. Cannot aggregate field type [${found.type}] via [${path}]`,
          )
        }
        const categorizer = new TextCategorizer(threshold / 100)
        const category = addComputation(
          'long',
          context.indices.map((index) => {
            const words = wordsOf(analyzerOf(analyzer, filters ?? [], index.analysis))
            const computation = categories(textsOf(index, path), (one) => {
              const found = words(one)
              return found.length === 0 ? undefined : categorizer.add(found, one.length)
            })
            return { fields: computedFields(index), computation }
          }),
        )
        const candidates = Math.max(CANDIDATES, 2 * size, read.shard_size ?? 0)
        return {
          aggregation: {
            kind: 'terms',
            source: { field: category },
            size: candidates,
            order: BY_COUNT,
            minDocCount: Math.max(1, minDocCount),
          },
          typedKey: 'categorize_text',
          shape(result) {
            const known = new Map(categorizer.categories.map((one) => [one.id, one]))
            const buckets = (result.kind === 'buckets' ? result.buckets : []).flatMap(
              ({ key: id, docCount, children }): BucketSkeleton[] => {
                const one = known.get(Number(id))
                if (!one) return []
                const key = one.words.join(' ')
                const json = {
                  doc_count: docCount,
                  key,
                  regex: categoryExpression(one),
                  max_matching_length: maxMatchingLength(one),
                }
                return [{ key, name: key, json, docCount, results: children }]
              },
            )
            const sorted = buckets.toSorted((a, b) => b.docCount - a.docCount || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
            return { kind: 'multi', keyed: false, json: {}, buckets: sorted.slice(0, size) }
          },
        }
      },
    }
  },
}

/** The ids of the categories that the texts of a document are in, each once. */
function categories({ field, path }: Texts, idOf: (text: string) => number | undefined): Computation {
  return {
    reads: field ? [field] : [],
    readsScore: false,
    readsSource: path !== undefined,
    isScore: false,
    expression: undefined,
    open: () => (document) => {
      const texts = field ? document.values(field) : path === undefined ? [] : valuesAt(document.source(), path)
      const ids = texts.flatMap((one) => (typeof one === 'string' ? (idOf(one) ?? []) : []))
      return [...new Set(ids)]
    },
  }
}

/** Where the texts of documents are: values of a field, or in the source, at a path. */
interface Texts {
  readonly field?: Field
  readonly path?: string
}

/** A text is in the source alone, one that indexes another field's in a further way under that field's name. */
function textsOf({ fields, scope }: BindContext, path: string): Texts {
  const field = fields.find(path)
  if (!field) return {}
  if (!isText(field)) return { field }
  if (scope) throw illegalArgument(`[categorize_text] does not work within nested objects yet, where [${path}] is`)
  const above = path.slice(0, Math.max(0, path.lastIndexOf('.')))
  return { path: fields.find(above) ? above : path }
}

function wordsOf(analyzer: Analyzer): (text: string) => readonly string[] {
  return (one) =>
    analyzer
      .analyze(one)
      .slice(0, MAX_WORDS)
      .map(({ term }) => term.slice(0, MAX_WORD_LENGTH))
}

/** @throws ElkhornError `illegal_argument_exception` (400) for parts that there are not */
function analyzerOf(given: JsonValue | undefined, filters: readonly string[], analysis: Analysis): Analyzer {
  if (typeof given === 'string') return analyzerFor(given, analysis)
  if (given !== undefined && !isJsonObject(given))
    throw illegalArgument("[categorization_analyzer] should be analyzer's name or settings [...]")
  const list = (value: JsonValue | undefined): readonly JsonValue[] =>
    value === undefined ? [] : Array.isArray(value) ? (value as readonly JsonValue[]) : [value]
  if (given) {
    const { tokenizer = 'ml_standard', filter, char_filter: charFilter } = given
    return analysis.custom({ tokenizer, filter: list(filter), charFilter: list(charFilter) })
  }
  const removed = filters.map((pattern) => ({ type: 'pattern_replace', pattern, replacement: '' }))
  return analysis.custom({
    tokenizer: 'ml_standard',
    charFilter: ['first_line_with_letters', ...removed],
    filter: [{ type: 'stop', stopwords: DATE_WORDS.split(' ') }],
  })
}
