import { ElkhornError } from '../core/errors.ts'

/** Items, by their numbers, that come together in so many documents. */
export interface FrequentSet {
  /** Ascending. */
  readonly items: readonly number[]
  readonly count: number
}

/** Different combinations of items, and in how many documents each of them is all there is. */
export interface Transaction {
  readonly items: readonly number[]
  readonly count: number
}

export interface MiningOptions {
  /** Sets wanted: the most frequent ones. */
  readonly size: number
  readonly leastItems: number
  readonly leastCount: number
}

/** Sets that are looked at; more are refused. Each takes some microseconds for every 1000 combinations. */
const MAX_SETS = 100_000

/**
 * The most frequent closed sets: those that no item can be added to without losing documents. Found by extending closed
 * sets by one item each, and only by such as keep what comes before (LCM: Uno et al. 2004), so that each is met once; a set
 * that is too rare for the answer is not extended any more.
 * @throws ElkhornError `circuit_breaking_exception` (429) where there are too many
 */
export function frequentSets(
  transactions: readonly Transaction[],
  { size, leastItems, leastCount }: MiningOptions,
): readonly FrequentSet[] {
  const counts = new Map<number, number>()
  for (const { items, count } of transactions) for (const item of items) counts.set(item, (counts.get(item) ?? 0) + count)
  // The most frequent first: what is rare is then ruled out early.
  const items = [...counts].filter(([, count]) => count >= leastCount).toSorted((a, b) => b[1] - a[1] || a[0] - b[0])
  const places = new Map(items.map(([item], place) => [item, place]))
  const holders = items.map(() => new Uint32Array(Math.ceil(transactions.length / 32)))
  for (const [at, transaction] of transactions.entries()) {
    for (const item of transaction.items) {
      const holder = holders[places.get(item) ?? -1]
      if (holder) holder[at >>> 5] = (holder[at >>> 5] ?? 0) | (1 << (at & 31))
    }
  }
  const found: FrequentSet[] = []
  let least = leastCount
  let visited = 0
  const emit = (places_: readonly number[], count: number): void => {
    if (places_.length < leastItems) return
    found.push({ items: places_.map((place) => items[place]?.[0] ?? 0).toSorted((a, b) => a - b), count })
    if (found.length < 2 * size) return
    found.sort(byCount)
    found.length = size
    least = Math.max(least, found.at(-1)?.count ?? 0)
  }
  const extend = (closed: ReadonlySet<number>, within: Uint32Array, from: number): void => {
    for (let place = from; place < items.length; place++) {
      const holder = holders[place]
      if (closed.has(place) || !holder) continue
      const both = within.map((word, i) => word & (holder[i] ?? 0))
      const count = weightOf(both, transactions)
      if (count < least) continue
      if (++visited > MAX_SETS) throw tooManySets()
      const closure = holders.flatMap((other, i) => (both.every((word, at) => (word & ~(other[at] ?? 0)) === 0) ? [i] : []))
      // One that comes before has made this set already.
      if (closure.some((one) => one < place && !closed.has(one))) continue
      emit(closure, count)
      extend(new Set(closure), both, place + 1)
    }
  }
  const all = new Uint32Array(Math.ceil(transactions.length / 32))
  for (let at = 0; at < transactions.length; at++) all[at >>> 5] = (all[at >>> 5] ?? 0) | (1 << (at & 31))
  const everywhere = holders.flatMap((holder, i) => (all.every((word, at) => (word & ~(holder[at] ?? 0)) === 0) ? [i] : []))
  if (everywhere.length > 0 && transactions.length > 0) emit(everywhere, weightOf(all, transactions))
  extend(new Set(everywhere), all, 0)
  return found.toSorted(byCount).slice(0, size)
}

/** Of equal counts the larger set tells more. */
const byCount = (a: FrequentSet, b: FrequentSet): number =>
  b.count - a.count || b.items.length - a.items.length || compareItems(a.items, b.items)

function compareItems(a: readonly number[], b: readonly number[]): number {
  for (const [i, item] of a.entries()) if (item !== b[i]) return item - (b[i] ?? 0)
  return 0
}

function weightOf(bits: Uint32Array, transactions: readonly Transaction[]): number {
  let weight = 0
  for (const [i, word] of bits.entries()) {
    for (let rest = word; rest !== 0; rest &= rest - 1) weight += transactions[32 * i + 31 - Math.clz32(rest & -rest)]?.count ?? 0
  }
  return weight
}

function tooManySets(): ElkhornError {
  return new ElkhornError(
    'circuit_breaking_exception',
    429,
    `[frequent_item_sets] looked at more than [${MAX_SETS}] sets. Raise [minimum_support], ask for fewer [fields] or [exclude] values.`,
    { details: { durability: 'PERMANENT' } },
  )
}
