import { editDistance } from '../../../query/term-matcher.ts'
import { beginAlike, type NearOptions, type NearTerm } from './near-terms.ts'

/** How often the terms of a field stand in its documents, pairs and triples among them where its analyzer makes those. */
export class LanguageModel {
  /** All occurrences of all terms. */
  total = 0
  readonly #frequencies = new Map<string, number>()

  add(term: string): void {
    this.total += 1
    this.#frequencies.set(term, (this.#frequencies.get(term) ?? 0) + 1)
  }

  /** Different terms. */
  get size(): number {
    return this.#frequencies.size
  }

  frequency(term: string): number {
    return this.#frequencies.get(term) ?? 0
  }

  /** Terms that are much like one, itself left out. */
  near(asked: string, { maxEdits, prefixLength, minWordLength, accuracy }: NearOptions): readonly NearTerm[] {
    const length = Array.from(asked).length
    if (length < minWordLength) return []
    const prefix = Array.from(asked).slice(0, prefixLength).join('')
    const found: NearTerm[] = []
    for (const [term, frequency] of this.#frequencies) {
      if (term === asked || !term.startsWith(prefix) || Math.abs(term.length - asked.length) > 2 * maxEdits) continue
      const edits = editDistance(asked, term, true, maxEdits)
      const similarity = 1 - edits / Math.min(Array.from(term).length, length)
      if (edits <= maxEdits && similarity >= accuracy && beginAlike(asked, term, edits))
        found.push({ term, similarity, frequency })
    }
    return found
  }
}

/** How likely a term is after those before it, the nearest first. */
export type Smoothing = (term: string, before: readonly string[], model: LanguageModel) => number

const EPSILON = 1e-11

const alone = (term: string, model: LanguageModel, start = 1, share = 1): number =>
  (start + model.frequency(term)) / (model.total + share * model.size)

/** Brants et al., *Large language models in machine translation* (2007): shorter runs count `discount` times as much. */
export function stupidBackoff(discount: number, separator: string): Smoothing {
  return (term, [first, second], model) => {
    if (first === undefined) return alone(term, model)
    const pair = model.frequency(first + separator + term)
    const ofPair = pair > 0 ? pair / (model.frequency(first) + EPSILON) : undefined
    if (second === undefined) return ofPair ?? discount * alone(term, model)
    const triple = model.frequency([second, first, term].join(separator))
    if (triple > 0) return triple / (model.frequency(second + separator + first) + EPSILON)
    return discount * (ofPair ?? alone(term, model))
  }
}

/** Every run is taken to have been seen `alpha` times more than it was. */
export function laplace(alpha: number, separator: string): Smoothing {
  return (term, [first, second], model) => {
    const run = (terms: readonly string[]): number => model.frequency(terms.join(separator))
    if (first === undefined) return alone(term, model, alpha, alpha)
    if (second === undefined) return (alpha + run([first, term])) / (model.frequency(first) + alpha * model.size)
    return (alpha + run([second, first, term])) / (run([second, first]) + alpha * model.size)
  }
}

/** Runs of all lengths count, each with a share of its own; the shares add up to 1. */
export function linearInterpolation(
  shares: { readonly trigram: number; readonly bigram: number; readonly unigram: number },
  separator: string,
): Smoothing {
  return (term, [first, second], model) => {
    const run = (terms: readonly string[]): number => model.frequency(terms.join(separator))
    if (first === undefined) return alone(term, model)
    const ofOne = shares.unigram * alone(term, model)
    const pair = run([first, term])
    const ofTwo = pair > 0 ? (shares.bigram * pair) / (0.5 + model.frequency(first)) : 0
    const triple = second === undefined ? 0 : run([second, first, term])
    const ofThree = triple > 0 ? (shares.trigram * triple) / (1 + run([second ?? '', first])) : 0
    return ofThree + ofTwo + ofOne
  }
}
