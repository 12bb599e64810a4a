/**
 * What the column of a completion field holds of an input: its letters in lower case, as the `simple` analyzer leaves them, with
 * nothing between the words. The suggester rules out most inputs by it, and does the exact test on the documents that remain.
 */
export function completionLetters(input: string): string {
  return input
    .toLowerCase()
    .replace(/[^\p{L}]+/gu, '')
    .slice(0, 50)
}
