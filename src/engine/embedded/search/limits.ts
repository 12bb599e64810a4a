/** Where a search takes another way. Tests set them low. */
export interface SearchLimits {
  /** Groups that come here to be added up; beyond them levels are asked for one by one, and cut by the engine. */
  readonly groups: number
  /** The same where a group holds all values of its documents. */
  readonly heavyGroups: number
  /** Documents with a word that are all scored to find the best; beyond them only those that may be among the best. */
  readonly scoredDocuments: number
  /** Rows of a range of time whose full minutes are told apart from the rest, see `splitMinutes`. */
  readonly minuteRows: number
  /** Rows for each value that a key follows from, so that they are grouped by those first, see `queryFinerGroups`. */
  readonly finerGroupRows: number
  /** Rows of an index whose composite keys are looked ahead at, so that a page does not group all of them. */
  readonly pageRows: number
  /** Documents whose values a script may compute one by one: what it makes of them is held in memory, 70 bytes each. */
  readonly scriptDocuments: number
  /** Memory of one statement in the engine; beyond it the search is refused. */
  readonly statementBytes: number
}

export const SEARCH_LIMITS: SearchLimits = {
  groups: 20_000,
  heavyGroups: 2_000,
  scoredDocuments: 20_000,
  minuteRows: 300_000,
  finerGroupRows: 32,
  pageRows: 200_000,
  scriptDocuments: 5_000_000,
  // With all lanes of readers busy 2 GiB at worst.
  statementBytes: 512 * 1024 * 1024,
}
