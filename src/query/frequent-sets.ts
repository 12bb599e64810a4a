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

/** Words of 32 combinations that are compared before it is too much: some tenths of a second. */
const MAX_STEPS = 50_000_000
/** Words that are kept at once: 64 MiB. */
const MAX_WORDS = 16 * 1024 * 1024

/** Which of the combinations, a bit for each. */
type Bits = Uint32Array

/**
 * The most frequent closed sets: those that no item can be added to without losing documents. Found by extending closed
 * sets by one item each, and only by such as keep what comes before (LCM: Uno et al. 2004), so that each is met once; a set
 * that is too rare for the answer is not extended any more.
 * @throws ElkhornError `circuit_breaking_exception` (429) where there is too much to compare
 */
export function frequentSets(
  transactions: readonly Transaction[],
  { size, leastItems, leastCount }: MiningOptions,
): readonly FrequentSet[] {
  const words = Math.ceil(transactions.length / 32)
  const items = mostFrequent(transactions, leastCount)
  if (items.length * words > MAX_WORDS) throw tooMuch()
  const holders = holdersOf(items, transactions, words)
  const found: FrequentSet[] = []
  let least = leastCount
  let steps = 0
  const spend = (more: number): void => {
    steps += more
    if (steps > MAX_STEPS) throw tooMuch()
  }
  /** All items that each of these combinations has; nothing where one before `place` is new among them. */
  const closureOf = (bits: Bits, place: number, closed: ReadonlySet<number>): readonly number[] | undefined => {
    const closure: number[] = []
    for (const [other, holder] of holders.entries()) {
      const compared = firstBeyond(bits, holder)
      spend(compared + 1)
      if (compared < words) continue
      if (other < place && !closed.has(other)) return undefined
      closure.push(other)
    }
    return closure
  }
  const emit = (places: readonly number[], count: number): void => {
    if (places.length < leastItems) return
    found.push({ items: places.map((place) => items[place] ?? 0).toSorted((a, b) => a - b), count })
    if (found.length < 2 * size) return
    found.sort(byCount)
    found.length = size
    least = Math.max(least, found.at(-1)?.count ?? 0)
  }
  const all = bitsOf(words, transactions.keys())
  const everywhere = closureOf(all, 0, new Set()) ?? []
  if (everywhere.length > 0 && transactions.length > 0) emit(everywhere, weightOf(all, transactions))
  // Not by recursion: chains of sets are as long as there are items.
  const open = [{ closed: new Set(everywhere), within: all, place: 0 }]
  for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
    const { closed, within } = last
    const place = last.place++
    const holder = holders[place]
    if (!holder) {
      open.pop()
      continue
    }
    spend(words)
    if (closed.has(place)) continue
    const both = intersection(within, holder)
    const count = weightOf(both, transactions)
    if (count < least) continue
    const closure = closureOf(both, place, closed)
    // One that comes before has made this set already.
    if (!closure) continue
    emit(closure, count)
    open.push({ closed: new Set(closure), within: both, place: place + 1 })
    if (open.length * words > MAX_WORDS) throw tooMuch()
  }
  return found.toSorted(byCount).slice(0, size)
}

/** Items that are in enough documents, the most frequent first: what is rare is then ruled out early. */
function mostFrequent(transactions: readonly Transaction[], leastCount: number): readonly number[] {
  const counts = new Map<number, number>()
  for (const { items, count } of transactions) for (const item of items) counts.set(item, (counts.get(item) ?? 0) + count)
  return [...counts]
    .filter(([, count]) => count >= leastCount)
    .toSorted((a, b) => b[1] - a[1] || a[0] - b[0])
    .map(([item]) => item)
}

/** For each item the combinations that hold it. */
function holdersOf(items: readonly number[], transactions: readonly Transaction[], words: number): readonly Bits[] {
  const places = new Map(items.map((item, place) => [item, place]))
  const holders = items.map(() => new Uint32Array(words))
  for (const [at, transaction] of transactions.entries()) {
    for (const item of transaction.items) {
      const holder = holders[places.get(item) ?? -1]
      if (holder) setBit(holder, at)
    }
  }
  return holders
}

function intersection(a: Bits, b: Bits): Bits {
  const both = new Uint32Array(a.length)
  for (let at = 0; at < a.length; at++) both[at] = (a[at] ?? 0) & (b[at] ?? 0)
  return both
}

/** The first word of which some bits are not among those of another, or how many words there are. */
function firstBeyond(bits: Bits, others: Bits): number {
  let at = 0
  while (at < bits.length && ((bits[at] ?? 0) & ~(others[at] ?? 0)) === 0) at += 1
  return at
}

function bitsOf(words: number, places: Iterable<number>): Bits {
  const bits = new Uint32Array(words)
  for (const at of places) setBit(bits, at)
  return bits
}

function setBit(bits: Bits, at: number): void {
  bits[at >>> 5] = (bits[at >>> 5] ?? 0) | (1 << (at & 31))
}

/** Of equal counts the larger set tells more. */
const byCount = (a: FrequentSet, b: FrequentSet): number =>
  b.count - a.count || b.items.length - a.items.length || compareItems(a.items, b.items)

function compareItems(a: readonly number[], b: readonly number[]): number {
  for (const [i, item] of a.entries()) if (item !== b[i]) return item - (b[i] ?? 0)
  return 0
}

function weightOf(bits: Bits, transactions: readonly Transaction[]): number {
  let weight = 0
  for (let i = 0; i < bits.length; i++) {
    for (let rest = bits[i] ?? 0; rest !== 0; rest &= rest - 1)
      weight += transactions[32 * i + 31 - Math.clz32(rest & -rest)]?.count ?? 0
  }
  return weight
}

function tooMuch(): ElkhornError {
  return new ElkhornError(
    'circuit_breaking_exception',
    429,
    '[frequent_item_sets] has too many values in too many combinations to compare them all. Raise [minimum_support], ask for fewer [fields] or [exclude] values.',
    { details: { durability: 'PERMANENT' } },
  )
}
