import { ElkhornError } from '../core/errors.ts'

/** Texts that were written by the same line of a program: what all of them have in common, in its order. */
export interface TextCategory {
  readonly id: number
  /** Words of all texts. */
  readonly words: readonly string[]
  /** UTF-16 code units of the longest text. */
  readonly maxLength: number
}

interface Category {
  readonly id: number
  /** The words of its first text. */
  readonly base: readonly string[]
  readonly baseWeight: number
  words: readonly string[]
  /** Of `words`. */
  weight: number
  maxLength: number
  count: number
}

/** More kinds of texts than that are texts of no kind; comparing each with all of them takes too long. */
const MAX_CATEGORIES = 5000

/** What a category takes on top of its longest text: 10 %. */
const LENGTHENING = 1.1

/**
 * Sorts texts into categories as they come. A text joins the category that it is most similar to, if it is similar enough:
 * one less the weighted edit distance of their words through the greater of their weights. Words of letters alone weigh
 * more than those with digits or signs, which mostly differ from text to text. What a category's texts have in common
 * shrinks as it grows, but never below the same share of its first text.
 */
export class TextCategorizer {
  readonly #threshold: number
  /** Those with most texts first, which is where most texts go. */
  readonly #categories: Category[] = []
  /** Texts that were seen, by their words. */
  readonly #known = new Map<string, Category>()

  /** @param threshold least similarity, from 0 to 1 */
  constructor(threshold: number) {
    this.#threshold = threshold
  }

  get categories(): readonly TextCategory[] {
    return this.#categories
  }

  /**
   * @param words at least one
   * @returns the id of the category
   * @throws ElkhornError `circuit_breaking_exception` (429) for texts that have too little in common
   */
  add(words: readonly string[], length: number): number {
    const key = words.join(' ')
    const category = this.#known.get(key) ?? this.#joined(words, length) ?? this.#opened(words)
    if (this.#known.size < MAX_CATEGORIES) this.#known.set(key, category)
    category.count += 1
    category.maxLength = Math.max(category.maxLength, length)
    this.#moveUp(category)
    return category.id
  }

  #joined(words: readonly string[], length: number): Category | undefined {
    const weight = weightOf(words)
    const weights = new Map(words.map((word) => [word, wordWeight(word)]))
    let best: { readonly category: Category; readonly similarity: number; readonly common: readonly string[] } | undefined
    for (const category of this.#categories) {
      const { base, baseWeight } = category
      const least = best?.similarity ?? this.#threshold
      if (Math.min(weight, baseWeight) < least * Math.max(weight, baseWeight) && length > maxMatchingLength(category)) continue
      // In whatever order: tells of most categories that they are none for this text.
      let shared = 0
      for (const word of category.words) shared += weights.get(word) ?? 0
      if (shared < this.#threshold * baseWeight && shared < category.weight) continue
      const common = commonWords(category.words, words)
      const holdsAll = common.length === category.words.length
      if (!holdsAll && weightOf(common) < this.#threshold * baseWeight) continue
      const similarity = 1 - editDistance(base, words) / Math.max(weight, baseWeight)
      const isMatch = holdsAll && category.count > 1 && length <= maxMatchingLength(category)
      if (isMatch || similarity > (1 + this.#threshold) / 2) return narrowed(category, common)
      if (similarity >= this.#threshold && similarity > (best?.similarity ?? 0)) best = { category, similarity, common }
    }
    return best && narrowed(best.category, best.common)
  }

  #opened(words: readonly string[]): Category {
    const id = this.#categories.length
    if (id >= MAX_CATEGORIES) {
      throw new ElkhornError(
        'circuit_breaking_exception',
        429,
        `[categorize_text] found more than [${MAX_CATEGORIES}] categories. Leave out what differs with [categorization_filters], ` +
          'lower [similarity_threshold], or look at fewer documents with [sampler].',
        { details: { durability: 'PERMANENT' } },
      )
    }
    const weight = weightOf(words)
    const category: Category = { id, base: words, baseWeight: weight, words, weight, maxLength: 0, count: 0 }
    this.#categories.push(category)
    return category
  }

  #moveUp(category: Category): void {
    const all = this.#categories
    let at = all.indexOf(category)
    for (; at > 0; at--) {
      const before = all[at - 1]
      if (before === undefined || before.count >= category.count) break
      all[at] = before
    }
    all[at] = category
  }
}

function narrowed(category: Category, words: readonly string[]): Category {
  category.words = words
  category.weight = weightOf(words)
  return category
}

/** Longer texts match no category by its words alone. */
export const maxMatchingLength = ({ maxLength }: TextCategory): number => Math.floor(maxLength * LENGTHENING)

/** What the texts of a category look like: its words with anything between them. */
export function categoryExpression({ words }: TextCategory): string {
  if (words.length === 0) return '.*'
  return `.*?${words.map((word) => word.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&')).join('.+?')}.*?`
}

const weightOf = (words: readonly string[]): number => words.reduce((sum, word) => sum + wordWeight(word), 0)
const wordWeight = (word: string): number => (/^\p{L}+$/u.test(word) ? 3 : 1)

/** The heaviest words that both have in the same order. */
function commonWords(a: readonly string[], b: readonly string[]): readonly string[] {
  const width = b.length + 1
  const best = new Float64Array((a.length + 1) * width)
  const at = (i: number, j: number): number => best[i * width + j] ?? 0
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const word = a[i] ?? ''
      best[i * width + j] = word === b[j] ? at(i + 1, j + 1) + wordWeight(word) : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const common: string[] = []
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const word = a[i] ?? ''
    if (word === b[j]) {
      common.push(word)
      i += 1
      j += 1
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1
    else j += 1
  }
  return common
}

/** What it weighs to make one list of words the other: a word that is replaced weighs as much as the heavier of both. */
function editDistance(a: readonly string[], b: readonly string[]): number {
  let previous = [0]
  for (const word of b) previous.push((previous.at(-1) ?? 0) + wordWeight(word))
  for (const left of a) {
    const cost = wordWeight(left)
    const current = [(previous[0] ?? 0) + cost]
    for (const [j, right] of b.entries()) {
      const replaced = (previous[j] ?? 0) + (left === right ? 0 : Math.max(cost, wordWeight(right)))
      current.push(Math.min(replaced, (previous[j + 1] ?? 0) + cost, (current[j] ?? 0) + wordWeight(right)))
    }
    previous = current
  }
  return previous.at(-1) ?? 0
}
