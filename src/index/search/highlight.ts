import type { JsonObject } from '../../core/json.ts'
import { analyzerFor, normalizeTerm } from '../../query/analysis/analysis.ts'
import type { Token } from '../../query/analysis/token.ts'
import { matchAll, type Query } from '../../query/ast.ts'
import { isText, withinNested } from '../../query/bind/context.ts'
import { bindQuery } from '../../query/dsl/bind-query.ts'
import type { Field, FieldLookup } from '../../query/field.ts'
import { fragmentsOf } from '../../query/highlight/fragments.ts'
import type { HighlightedField } from '../../query/highlight/highlight-request.ts'
import { inOrder, matchFinders } from '../../query/highlight/matched-spans.ts'
import { mappedSelection } from '../documents/source-filter.ts'
import { valuesAt } from '../../core/values-at.ts'
import type { IndexState } from '../index-state.ts'
import { findNode } from '../mapping/compile-mapping.ts'
import type { HitOptions } from './print-hit.ts'
import { sourcePath } from './source-path.ts'
import type { SearchedIndex } from './targets.ts'

/** `highlight` of one hit; `undefined` where no field has anything to show. */
export type Highlighter = (document: JsonObject) => JsonObject | undefined

type FieldHighlighter = (document: JsonObject) => readonly string[]

/** Prepares the marking of hits of one index. @throws ElkhornError (400) for a `highlight_query` that makes no sense there */
export function highlighterOf(
  { index, bind: documents }: SearchedIndex,
  { request, query, scope = '' }: NonNullable<HitOptions['highlight']>,
  fields: FieldLookup,
): Highlighter {
  const bind = scope === '' ? documents : withinNested(documents, scope)
  const own = query ? bindQuery(query, bind) : matchAll
  const highlighters = new Map<string, FieldHighlighter>()
  for (const asked of request.fields) {
    const asQuery = asked.query ? bindQuery(asked.query, bind) : own
    const readable = fieldsOf(asked.pattern, fields).filter((field) => isReadable(index, field))
    // What is asked last of a field counts.
    for (const field of readable) highlighters.set(field.path, fieldHighlighter(index, field, asked, asQuery, request.html))
  }
  return (document) => {
    const found = [...highlighters].flatMap(([path, highlight]) => {
      const fragments = highlight(document)
      return fragments.length > 0 ? [[path, fragments] as const] : []
    })
    return found.length > 0 ? Object.fromEntries(found) : undefined
  }
}

/** A pattern stands for fields of words and of whole texts only. */
function fieldsOf(pattern: string, fields: FieldLookup): readonly Field[] {
  if (pattern.includes('*')) return fields.match(pattern).filter((field) => isText(field) || field.type === 'keyword')
  const field = fields.find(pattern)
  return field && (isText(field) || isWhole(field)) ? [field] : []
}

/** Where sources are not kept, texts of stored fields alone are there to be marked. */
function isReadable({ mapping: { mapping } }: IndexState, { path }: Field): boolean {
  if (mappedSelection(mapping.options.source) !== false) return true
  const node = findNode(mapping, path)
  return node?.kind === 'leaf' && node.parameters['store'] === true
}

const isWhole = ({ type }: Field): boolean => type === 'keyword' || type === 'wildcard'

function fieldHighlighter(
  index: IndexState,
  field: Field,
  asked: HighlightedField,
  query: Query,
  html: boolean,
): FieldHighlighter {
  const finders = matchFinders(query, asked.requireFieldMatch ? field.path : undefined, asked.type)
  const path = sourcePath(index, field.path)
  const { ignoreAbove = Infinity } = field.parameters
  return (document) => {
    const texts = valuesAt(document, path)
      .filter((value) => typeof value !== 'object')
      .map(String)
      .filter((text) => text.length <= ignoreAbove)
      .map((given) => {
        // Of a normalized keyword the normal form is shown, as Elasticsearch reads it.
        const text = isText(field) ? given : normalForm(given, field, index)
        const tokens = tokensOf(text, field, index)
        return { text, tokens, matches: inOrder(finders.flatMap((find) => find(tokens))) }
      })
    return fragmentsOf(texts, asked, html)
  }
}

/** A keyword as it is indexed. */
function normalForm(text: string, { parameters: { normalizer } }: Field, { analysis }: IndexState): string {
  const found = normalizer === undefined ? undefined : analysis.findNormalizer(normalizer)
  return found ? normalizeTerm(found, text) : text
}

function tokensOf(text: string, field: Field, { analysis }: IndexState): readonly Token[] {
  if (isText(field)) return analyzerFor(field.parameters.analyzer ?? 'default', analysis).analyze(text)
  return [{ term: text, position: 0, positionLength: 1, start: 0, end: text.length, type: 'word' }]
}
