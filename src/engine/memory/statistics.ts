import type { FieldLookup } from '../../query/field.ts'
import { decodeFeature, encodeFeature, featureOf } from '../../query/rank-feature.ts'
import { ComputedValues } from './computed-values.ts'
import type { MemoryDocument } from './document.ts'

/** What BM25 needs to know about one field of one index; counted afresh for every search. */
export interface FieldStatistics {
  /** Documents that have the field. */
  readonly documents: number
  /** Tokens (of keywords: different values) per document on average. */
  readonly averageLength: number
  /** Every document counts as one token long. */
  readonly omitsNorms: boolean
  /** Only which documents have a token is known, not how often. */
  readonly omitsFrequencies: boolean
  /** Of every score. */
  readonly factor: number
}

export class IndexStatistics {
  readonly documents: readonly MemoryDocument[]
  private readonly factor: number
  private readonly mapped: FieldLookup | undefined
  private readonly fields = new Map<string, FieldStatistics>()
  private readonly frequencies = new Map<string, ReadonlyMap<string, number>>()

  constructor(documents: readonly MemoryDocument[], factor: number = ELASTICSEARCH_FACTOR, mapped?: FieldLookup) {
    this.documents = documents
    this.factor = factor
    this.mapped = mapped
  }

  /** Of the nested objects of a path. */
  nested(path: string): IndexStatistics {
    return new IndexStatistics(
      this.documents.flatMap(({ objects }) => objects.get(path) ?? []),
      this.factor,
      this.mapped,
    )
  }

  /** Whether a script computes the field: then its terms do not score. */
  isComputed(path: string): boolean {
    const values = this.documents[0]?.values
    return values instanceof ComputedValues && values.isComputed(path)
  }

  field(path: string): FieldStatistics {
    let found = this.fields.get(path)
    if (!found) {
      const { omitsNorms = false, indexOptions } = this.mapped?.find(path)?.parameters ?? {}
      const omitsFrequencies = indexOptions === 'docs'
      let documents = 0
      let length = 0
      for (const document of this.documents) {
        const tokens = document.tokens.get(path)
        const terms = tokens ?? [...new Set(document.values.get(path) ?? [])]
        if (terms.length > 0) documents += 1
        length += tokens ? fieldLength(tokens, omitsFrequencies) : terms.length
      }
      const averageLength = documents === 0 ? 1 : length / documents
      found = { documents, averageLength, omitsNorms, omitsFrequencies, factor: this.factor }
      this.fields.set(path, found)
    }
    return found
  }

  /** The usual pivot of a feature: see `encodeFeature`. */
  pivot(path: string, feature: string | undefined): number {
    const encoded = this.documents.flatMap(({ values }) => {
      const value = featureOf(values.get(path) ?? [], feature)
      return value === undefined ? [] : [encodeFeature(value)]
    })
    const mean = encoded.reduce((sum, one) => sum + one, 0) / Math.max(1, encoded.length)
    return decodeFeature(Math.trunc(Math.fround(mean)))
  }

  /** In how many documents each term of a field is, terms in no order. */
  documentFrequencies(path: string): ReadonlyMap<string, number> {
    let found = this.frequencies.get(path)
    if (!found) {
      const counts = new Map<string, number>()
      for (const document of this.documents) {
        const terms = document.tokens.get(path)?.map(({ term }) => term) ?? (document.values.get(path) ?? []).map(String)
        for (const term of new Set(terms)) counts.set(term, (counts.get(term) ?? 0) + 1)
      }
      found = counts
      this.frequencies.set(path, counts)
    }
    return found
  }
}

/** Lucene's field length: tokens, alternatives at one place counted once; different ones alone where nobody counts them. */
export function fieldLength(tokens: readonly { readonly term: string; readonly position: number }[], distinct: boolean): number {
  if (distinct) return new Set(tokens.map(({ term }) => term)).size
  return new Set(tokens.map(({ position }) => position)).size
}

const K1 = 1.2
const B = 0.75

/** k1 + 1, which Elasticsearch kept when Lucene dropped it. */
const ELASTICSEARCH_FACTOR = Math.fround(1 + Math.fround(K1))
/** Of the searches that Elasticsearch leaves to Lucene alone: those of stored queries. */
export const LUCENE_FACTOR = 1

/**
 * Robertson and Zaragoza, "The Probabilistic Relevance Framework", with Lucene's idf, its length of one byte, its single
 * precision (equal scores decide orders).
 */
export function bm25(
  frequency: number,
  length: number,
  documentFrequency: number,
  { documents, averageLength, omitsNorms, omitsFrequencies, factor }: FieldStatistics,
): number {
  const f = Math.fround
  const idf = f(Math.log(1 + (documents - documentFrequency + 0.5) / (documentFrequency + 0.5)))
  const weight = f(factor * idf)
  const norm = f(f(K1) * f(f(1 - B) + f(f(B * (omitsNorms ? 1 : lossyLength(length))) / f(averageLength))))
  return f(weight - f(weight / f(1 + f((omitsFrequencies ? 1 : frequency) * f(1 / norm)))))
}

/** Lucene keeps lengths in one byte (SmallFloat): exact up to 40, with four significant bits above. */
export function lossyLength(length: number): number {
  const FREE = 24
  if (length < FREE) return length
  const rest = length - FREE
  const shift = Math.max(0, Math.floor(Math.log2(Math.max(1, rest))) - 3)
  return FREE + Math.floor(rest / 2 ** shift) * 2 ** shift
}
