/** Where the parts of a text begin and end. */
export class Breaks {
  readonly #at: readonly number[]

  /** @param parts matches each part in turn, so that they make up the text */
  constructor(text: string, parts: RegExp) {
    this.#at = [...[...text.matchAll(parts)].map(({ index }) => index), text.length]
  }

  atOrBefore(offset: number): number {
    return this.#at[this.#countUpTo(offset) - 1] ?? 0
  }

  following(offset: number): number {
    return this.#at[this.#countUpTo(offset)] ?? this.#at.at(-1) ?? 0
  }

  /** How many of them lie at an offset or before it. */
  #countUpTo(offset: number): number {
    let [from, to] = [0, this.#at.length]
    while (from < to) {
      const middle = (from + to) >>> 1
      if ((this.#at[middle] ?? Infinity) <= offset) from = middle + 1
      else to = middle
    }
    return from
  }
}

/**
 * Sentences as Java's BreakIterator has them: marks of exclamation and questions always end one, a full stop before
 * spaces and a letter that is not a small one.
 */
export const sentencesOf = (text: string): Breaks => new Breaks(text, SENTENCE)

const CLOSING = String.raw`[\p{Pe}\p{Pf}"']*`
const SENTENCE = new RegExp(
  String.raw`.+?(?:[!?\u3002\uff01\uff1f]+${CLOSING}[\s]*|\.${CLOSING}\s+(?=[\p{Ps}\p{Pi}"']*(?!\p{Ll})\p{L})|\u2029|$)`,
  'gsu',
)

/** Words as Java's BreakIterator has them: also spaces, and every other character by itself. */
export const wordsOf = (text: string): Breaks => new Breaks(text, WORD)

const LETTERS = String.raw`(?:(?!\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana})[\p{L}\p{M}])+`
const LETTER_WORD = String.raw`${LETTERS}(?:[\p{Pd}\u00ad\u2027"'.]${LETTERS})*`
const NUMBER = String.raw`\p{N}+(?:["',\u066b.]\p{N}+)*`
const WORD = new RegExp(
  String.raw`(?:[\p{Sc}#.](?=\p{N}))?(?:${LETTER_WORD}|${NUMBER})+(?:(?<=\p{N})[\p{Sc}%&])?|\p{Script=Han}+|\p{Script=Hiragana}+|\p{Script=Katakana}+|[\p{Zs}\t]+|.`,
  'gsu',
)
