/**
 * The caller is wrong: an error that may be shown to whoever asked.
 *
 * `type` and `status` are Elasticsearch's own (`index_not_found_exception`, 404); `reason` names the value and what
 * would work. Only `api/` turns it into JSON. Everything that is our fault or the machine's stays a plain `Error`.
 */
export class ElkhornError extends Error {
  readonly type: string
  /** HTTP status, 400 to 599. */
  readonly status: number
  readonly reason: string
  /** Further members of the error object, as Elasticsearch spells them (`index`, `line`, `col`, …). */
  readonly details: Readonly<Record<string, unknown>>
  /** What lies below: `caused_by` of the error object. */
  readonly causedBy: ElkhornError | undefined

  constructor(
    type: string,
    status: number,
    reason: string,
    options: { readonly details?: Readonly<Record<string, unknown>>; readonly causedBy?: ElkhornError } = {},
  ) {
    super(reason)
    this.name = 'ElkhornError'
    this.type = type
    this.status = status
    this.reason = reason
    this.details = options.details ?? {}
    this.causedBy = options.causedBy
  }
}

/** A request argument is out of place: Elasticsearch's most common 400. */
export function illegalArgument(reason: string, causedBy?: ElkhornError): ElkhornError {
  return new ElkhornError('illegal_argument_exception', 400, reason, causedBy ? { causedBy } : {})
}

/** The compiler proves that a switch visited every variant; at run time a value from outside the types ends here. */
export function unreachable(value: never): never {
  throw new Error(`unexpected variant: ${JSON.stringify(value)}`)
}

/** What is said to whoever sorts, aggregates or computes on the field of text at this path. */
export const textFieldDataReason = (path: string): string =>
  `Text fields are not optimised for operations that require per-document field data like aggregations and sorting, so these operations are disabled by default. Please use a keyword field instead. Alternatively, set fielddata=true on [${path}] in order to load field data by uninverting the inverted index. Note that this can use significant memory.`

export const textFieldData = (path: string): ElkhornError => illegalArgument(textFieldDataReason(path))
