/** Endings of one length that a word loses when it is longer than `longerThan` UTF-16 units. */
export interface SuffixGroup {
  readonly longerThan: number
  readonly drop: number
  readonly suffixes: readonly string[]
}

/** `12 3 ami ech`: of words longer than 12 units, the last 3 where one of the endings stands there. One group a line. */
export function suffixGroups(table: string): readonly SuffixGroup[] {
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const [longerThan, drop, ...suffixes] = line.trim().split(/\s+/)
      return { longerThan: Number(longerThan), drop: Number(drop), suffixes }
    })
}

/** Cuts the first ending that fits, in the order of the groups; the word itself where none does. */
export function dropSuffix(word: string, groups: readonly SuffixGroup[]): string {
  for (const { longerThan, drop, suffixes } of groups) {
    if (word.length > longerThan && suffixes.some((suffix) => word.endsWith(suffix))) return word.slice(0, -drop)
  }
  return word
}

/** Replaces characters one by one; an empty value takes one out. */
export function replaceChars(table: Readonly<Record<string, string>>): (word: string) => string {
  const expression = new RegExp(`[${Object.keys(table).join('')}]`, 'gu')
  return (word) => word.replace(expression, (char) => table[char] ?? char)
}

/** Letters with accents and what they are without: `àáâä a` a line. */
export function accents(table: string): (word: string) => string {
  const plain: Record<string, string> = {}
  for (const line of table.trim().split('\n')) {
    const [letters = '', base = ''] = line.trim().split(/\s+/)
    for (const letter of letters) plain[letter] = base
  }
  return replaceChars(plain)
}
