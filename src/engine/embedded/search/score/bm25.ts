/**
 * BM25 as Lucene computes it, down to its rounding, so that scores and the order of ties are those of Elasticsearch:
 * org.apache.lucene.search.similarities.BM25Similarity with the factor `k1 + 1` of LegacyBM25Similarity, which
 * Elasticsearch and OpenSearch 2 keep. Everything is a 32-bit float there, hence `fround` after every step.
 */

const f = Math.fround
const K1 = f(1.2)
const B = f(0.75)

/** What is known of a field over a whole index; replaced documents count until they are gone, as in Lucene. */
export interface FieldStatistics {
  /** Documents with at least one token. */
  readonly documents: number
  /** Tokens of all documents. */
  readonly tokens: number
}

/** How telling a term is that stands in `matching` of `documents` documents. */
export function inverseDocumentFrequency(matching: number, documents: number): number {
  // A field's own count can lag behind that of a term by what was written in between.
  const all = Math.max(matching, documents)
  return f(Math.log(1 + (all - matching + 0.5) / (matching + 0.5)))
}

/** Factor of a term's scores. `idf` is the sum over the terms for a phrase. */
export function termWeight(idf: number, boost: number): number {
  return f(f(boost * f(1 + K1)) * idf)
}

/** By length class: what a term's frequency is multiplied by before it saturates. */
export function lengthFactors({ documents, tokens }: FieldStatistics): readonly number[] {
  const average = documents === 0 ? 1 : f(tokens / documents)
  return LENGTH_OF_CLASS.map((length) => f(1 / f(K1 * f(f(1 - B) + f(f(B * length) / average)))))
}

/** Score of a term that stands `frequency` times in a document of this length class. */
export function termScore(weight: number, frequency: number, factor: number): number {
  return f(weight - f(weight / f(1 + f(frequency * factor))))
}

/** The longest text in which a term that stands `frequency` times scores at least `score`; 0 when none does. */
export function longestReaching(weight: number, frequency: number, factors: readonly number[], score: number): number {
  let reaching = 0
  while (reaching < 255 && termScore(weight, frequency, factors[reaching + 1] ?? 0) >= score) reaching++
  return reaching === 0 ? 0 : (LENGTH_OF_CLASS[reaching + 1] ?? Infinity) - 1
}

/** Lengths up to this one have a class of their own. */
export const EXACT_LENGTHS = 40
/** First length that the packed form below counts from. */
export const PACKED_FROM = 24

/** The byte that Lucene keeps of a field's length (SmallFloat.intToByte4). */
export function lengthClass(length: number): number {
  return length < PACKED_FROM ? length : PACKED_FROM + pack(length - PACKED_FROM)
}

/** Four significant bits and an exponent. */
function pack(value: number): number {
  if (value < 8) return value
  const shift = Math.floor(Math.log2(value)) - 3
  return (Math.floor(value / 2 ** shift) & 7) | ((shift + 1) << 3)
}

/** The shortest length of each class (SmallFloat.byte4ToInt). */
const LENGTH_OF_CLASS = Array.from({ length: 256 }, (_, code) =>
  code < PACKED_FROM ? code : PACKED_FROM + unpack(code - PACKED_FROM),
)

function unpack(code: number): number {
  const shift = (code >> 3) - 1
  return shift < 0 ? code : ((code & 7) | 8) * 2 ** shift
}
