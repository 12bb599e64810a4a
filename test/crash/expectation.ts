/** One change of a document with an id of the client's own. */
export type KeyedChange =
  | { readonly kind: 'index'; readonly id: string; readonly value: number }
  /** A partial update, or the whole document where there is none. */
  | { readonly kind: 'update'; readonly id: string; readonly note: number }
  | { readonly kind: 'delete'; readonly id: string }

export interface KeyedDocument {
  readonly value?: number
  readonly note?: number
}

export interface FoundDocument {
  readonly id: string
  readonly version: number
  readonly source: KeyedDocument
}

/** What one document may be: `undefined` when it is not there. The version is known where the change was acknowledged. */
interface State {
  readonly document: KeyedDocument | undefined
  readonly version?: number
}

/** A run of appended documents, numbered from `first` on. */
export interface Range {
  readonly first: number
  readonly count: number
}

const NOTHING: State = { document: undefined }

/** Everything that was tried and acknowledged, and so what must be there, may be there, and may not. */
export class Expectation {
  readonly #tried: Range[] = []
  readonly #acknowledged: Range[] = []
  /** By id: the last acknowledged state, and behind it those that were tried since. */
  readonly #states = new Map<string, State[]>()
  #changes = 0

  /** Changes of all kinds that were acknowledged so far. */
  get acknowledgedChanges(): number {
    return this.#changes
  }

  tryAppend(range: Range): void {
    this.#tried.push(range)
  }

  acknowledgeAppend(range: Range): void {
    this.#acknowledged.push(range)
    this.#changes += range.count
  }

  tryChange(change: KeyedChange): void {
    const states = this.#states.get(change.id) ?? [NOTHING]
    this.#states.set(change.id, [...states, { document: after(states.at(-1)?.document, change) }])
  }

  /** The answer to a change that was tried: nothing else was tried on its document since. */
  acknowledgeChange({ id }: KeyedChange, version: number): void {
    const state = this.#states.get(id)?.at(-1) ?? NOTHING
    this.#states.set(id, [{ ...state, version }])
    this.#changes += 1
  }

  /** What the document is by now; only where every change of it was acknowledged. */
  document(id: string): KeyedDocument | undefined {
    return this.#states.get(id)?.at(-1)?.document
  }

  /** @param numbers of the appended documents that were found, in any order */
  problemsOfAppended(numbers: readonly number[]): string[] {
    const found = new Set(numbers)
    const problems = found.size === numbers.length ? [] : [`${numbers.length - found.size} appended documents are there twice`]
    for (const { first, count } of this.#acknowledged) {
      const lost = Array.from({ length: count }, (_, i) => first + i).filter((n) => !found.delete(n))
      if (lost.length > 0)
        problems.push(`${lost.length} of the ${count} documents from ${first} on were acknowledged and are lost`)
    }
    const strange = [...found].filter((n) => !this.#tried.some(({ first, count }) => n >= first && n < first + count))
    if (strange.length > 0) problems.push(`${strange.length} documents were never written, such as ${strange[0]}`)
    return problems
  }

  /** Also settles what a lost answer left open: what is there now is what later changes change. */
  problemsOfKeyed(found: readonly FoundDocument[]): string[] {
    const problems: string[] = []
    const byId = new Map<string, FoundDocument>()
    for (const one of found) {
      if (byId.has(one.id)) problems.push(`${one.id} is there twice`)
      if (!this.#states.has(one.id)) problems.push(`${one.id} was never written`)
      byId.set(one.id, one)
    }
    for (const [id, allowed] of this.#states) {
      const is = byId.get(id)
      const state: State = is === undefined ? NOTHING : { document: is.source, version: is.version }
      if (!allowed.some((may) => isSame(may, state))) {
        problems.push(
          `${id} is ${JSON.stringify(state)}, expected one of ${allowed.map((may) => JSON.stringify(may)).join(', ')}`,
        )
      }
      this.#states.set(id, [state])
    }
    return problems
  }
}

function after(before: KeyedDocument | undefined, change: KeyedChange): KeyedDocument | undefined {
  if (change.kind === 'delete') return undefined
  return change.kind === 'index' ? { value: change.value } : { ...before, note: change.note }
}

function isSame(may: State, is: State): boolean {
  if (may.document === undefined || is.document === undefined) return may.document === is.document
  const { value, note } = may.document
  if (is.document.value !== value || is.document.note !== note) return false
  return may.version === undefined || may.version === is.version
}
