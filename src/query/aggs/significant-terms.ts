import { doubleJson } from '../../core/double.ts'
import { illegalArgument } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { AggregationResult, Bucket, NamedAggregation } from '../aggregation.ts'
import { matchAll } from '../ast.ts'
import { bindQuery } from '../dsl/bind-query.ts'
import { parseQuery } from '../dsl/parse-query.ts'
import { bool, int, listOf, raw, readObject, text, type Member, type Read } from '../dsl/reading.ts'
import { plainJson } from '../value-format.ts'
import { BY_COUNT } from './bucket-order.ts'
import type { AggregationDefinition, BucketSkeleton, ParsedAggregation } from './definition.ts'
import { bindSelections, readSelection, termsKey } from './terms.ts'
import { bindSource, readSource, sourceMembers, type Accepts, type SourceRequest } from './values-source.ts'

/** How often a term is found among the matches (`found` of `matches`), and among all documents (`known` of `documents`). */
interface Frequencies {
  readonly found: number
  readonly matches: number
  readonly known: number
  readonly documents: number
}

type Score = (frequencies: Frequencies) => number

const backgroundMembers = { include_negatives: bool, background_is_superset: bool } as const

/** What makes a term significant, by the names of requests. */
const HEURISTICS = {
  jlh: (value, at) => {
    readObject(value, at, {}, 'object')
    return jlh
  },
  mutual_information: (value, at) => {
    const read = readObject(value, at, backgroundMembers, 'object')
    return twoSided(mutualInformation, read.include_negatives ?? false, read.background_is_superset ?? true)
  },
  chi_square: (value, at) => {
    const read = readObject(value, at, backgroundMembers, 'object')
    return twoSided(chiSquare, read.include_negatives ?? false, read.background_is_superset ?? true)
  },
  gnd: (value, at) => {
    readObject(value, at, { background_is_superset: bool }, 'object')
    return googleDistance
  },
  percentage: (value, at) => {
    readObject(value, at, {}, 'object')
    return ({ found, known }) => (known === 0 ? 0 : found / known)
  },
} as const satisfies Readonly<Record<string, Read<Score>>>

/** Terms looked at among the matches before their scores are known; the most frequent ones. */
const CANDIDATES = 10_000

const members = {
  size: int,
  shard_size: int,
  min_doc_count: int,
  shard_min_doc_count: int,
  background_filter: raw,
  include: raw,
  exclude: raw,
  ...HEURISTICS,
} as const

/** A bucket for each term that is much more frequent among the matches than elsewhere. */
export const significantTerms: AggregationDefinition = {
  name: 'significant_terms',
  holdsOthers: true,
  parse(json, at, name) {
    const read = readObject(json, at, { ...sourceMembers, execution_hint: text, ...members }, 'object')
    return significant(
      read,
      { kind: 'significant_terms', accepts: 'terms', request: readSource(read, 'significant_terms') },
      at,
      name,
    )
  },
}

/** The same for the words of a text, which needs no field data. */
export const significantText: AggregationDefinition = {
  name: 'significant_text',
  holdsOthers: true,
  parse(json, at, name) {
    const own = { field: text, filter_duplicate_text: bool, source_fields: listOf(text) }
    const read = readObject(json, at, { ...own, ...members }, 'object')
    if (read.field === undefined) throw illegalArgument('Required [field]')
    if (read.filter_duplicate_text === true)
      throw illegalArgument(
        '[filter_duplicate_text] of [significant_text] is not supported yet: copied texts count as often as they are',
      )
    const others = read.source_fields?.filter((one) => one !== read.field) ?? []
    if (others.length > 0)
      throw illegalArgument(
        `[source_fields] of [significant_text] is not supported yet: [${read.field}] is searched by its own words, not by those of [${others.join(', ')}]`,
      )
    const request: SourceRequest = { field: read.field, missing: undefined, format: undefined }
    return significant(read, { kind: 'significant_text', accepts: 'words', request }, at, name)
  },
}

interface Significant {
  readonly kind: string
  readonly accepts: Accepts
  readonly request: SourceRequest
}

type SignificantMembers = { readonly [K in keyof typeof members]: ReturnType<(typeof members)[K]> | undefined }

function significant(
  read: SignificantMembers,
  { kind, accepts, request }: Significant,
  at: Member,
  name: string,
): ParsedAggregation {
  const size = read.size ?? 10
  if (size <= 0) throw illegalArgument(`[size] must be greater than 0. Found [${size}] in [${name}]`)
  const minDocCount = read.min_doc_count ?? 3
  const scoreOf = read.jlh ?? read.mutual_information ?? read.chi_square ?? read.gnd ?? read.percentage ?? jlh
  const backgroundFilter = read.background_filter === undefined ? undefined : parseQuery(read.background_filter)
  const include = readSelection(read.include, at, 'include')
  const exclude = readSelection(read.exclude, at, 'exclude')
  return {
    bind(context) {
      const { source, field, format } = bindSource(request, kind, accepts, context)
      if (field && !field.parameters.indexed)
        throw illegalArgument(`SignificantText aggregation requires fields to be searchable, but [${field.path}] is not`)
      const selections = bindSelections({ include, exclude }, field, name, context)
      const candidates = { kind: 'terms', source, size: CANDIDATES, order: BY_COUNT, minDocCount, ...selections } as const
      const all = context.indices.map(() => matchAll)
      return {
        // One bucket around them counts the matches.
        aggregation: { kind: 'filter', query: all },
        within: (children) => [{ name: TERMS, aggregation: candidates, children }],
        typedKey: `sig${termsKey(field)}`,
        background(results): NamedAggregation | undefined {
          const values = results.flatMap((result) => bucketsOf(result).map(({ key }) => key))
          if (field === undefined) return undefined
          const known = { kind: 'values', values: [...new Map(values.map((key) => [String(key), key])).values()] } as const
          const query = backgroundFilter ? context.indices.map((index) => bindQuery(backgroundFilter, index)) : all
          return {
            name,
            aggregation: { kind: 'filter', query },
            children:
              values.length === 0
                ? []
                : [
                    {
                      name: TERMS,
                      aggregation: { ...candidates, size: known.values.length, minDocCount: 1, include: known },
                      children: [],
                    },
                  ],
          }
        },
        shape(result, shapeContext) {
          const matches = result.kind === 'single' ? result.docCount : 0
          const background = shapeContext.background(name)
          const documents = background?.kind === 'single' ? background.docCount : 0
          const known = new Map(bucketsOf(background).map(({ key, docCount }) => [String(key), docCount]))
          const scored = bucketsOf(result)
            .map((bucket) => {
              // A background of its own may lack what is found among the matches.
              const inAll = known.get(String(bucket.key)) ?? 0
              const score = scoreOf({ found: bucket.docCount, matches, known: inAll, documents })
              return { bucket, inAll, score }
            })
            .filter(({ score }) => score > 0)
            .toSorted((a, b) => b.score - a.score || (String(a.bucket.key) < String(b.bucket.key) ? -1 : 1))
            .slice(0, size)
          return {
            kind: 'multi',
            keyed: false,
            json: field === undefined ? {} : { doc_count: matches, bg_count: documents },
            buckets: scored.map(({ bucket: { key, docCount, children }, inAll, score }): BucketSkeleton => {
              const keyText = format.text(key)
              const json: JsonObject = {
                key: format.json(key),
                ...(keyText === undefined ? {} : { key_as_string: keyText }),
                doc_count: docCount,
                score: doubleJson(score),
                bg_count: inAll,
              }
              return { key, name: keyText ?? String(plainJson(key)), json, docCount, results: children }
            }),
          }
        },
      }
    },
  }
}

const TERMS = 'terms'

function bucketsOf(result: AggregationResult | undefined): readonly Bucket[] {
  const terms = result?.kind === 'single' ? result.children.get(TERMS) : undefined
  return terms?.kind === 'buckets' ? terms.buckets : []
}

/** The change of a term's share, absolute times relative. */
function jlh({ found, matches, known, documents }: Frequencies): number {
  if (matches === 0 || documents === 0 || known === 0) return 0
  const [inside, outside] = [found / matches, known / documents]
  return inside <= outside ? 0 : (inside - outside) * (inside / outside)
}

/** Documents with and without the term, among the matches and among the others. */
interface Table {
  readonly n11: number
  readonly n10: number
  readonly n01: number
  readonly n00: number
}

function tableOf({ found, matches, known, documents }: Frequencies, isSuperset: boolean): Table {
  return isSuperset
    ? { n11: found, n01: matches - found, n10: known - found, n00: documents - known - (matches - found) }
    : { n11: found, n01: matches - found, n10: known, n00: documents - known }
}

function twoSided(score: (table: Table) => number, includeNegatives: boolean, isSuperset: boolean): Score {
  return (frequencies) => {
    const table = tableOf(frequencies, isSuperset)
    const isRarer = table.n11 / (table.n11 + table.n01) < table.n10 / (table.n10 + table.n00)
    if (isRarer && !includeNegatives) return -Infinity
    return score(table)
  }
}

/** Information Retrieval (Manning, Raghavan, Schütze 2008), chapter 13.5.1. */
function mutualInformation({ n11, n10, n01, n00 }: Table): number {
  const n = n11 + n10 + n01 + n00
  const part = (nxy: number, nx: number, ny: number): number => (nxy === 0 ? 0 : (nxy / n) * Math.log2((n * nxy) / (nx * ny)))
  const [n1x, n0x, nx1, nx0] = [n11 + n10, n01 + n00, n11 + n01, n10 + n00]
  return part(n11, n1x, nx1) + part(n01, n0x, nx1) + part(n10, n1x, nx0) + part(n00, n0x, nx0)
}

/** Chapter 13.5.2 of the same. */
function chiSquare({ n11, n10, n01, n00 }: Table): number {
  const n = n11 + n10 + n01 + n00
  return (n * (n11 * n00 - n01 * n10) ** 2) / ((n11 + n01) * (n11 + n10) * (n10 + n00) * (n01 + n00))
}

/** The Google Similarity Distance (Cilibrasi, Vitányi 2007), turned so that more is nearer. */
function googleDistance({ found, matches, known, documents }: Frequencies): number {
  const [fx, fy, fxy] = [matches, known, found].map(Math.log)
  if (fx === undefined || fy === undefined || fxy === undefined || found === 0) return 0
  return Math.exp(-(Math.max(fx, fy) - fxy) / (Math.log(documents) - Math.min(fx, fy)))
}
