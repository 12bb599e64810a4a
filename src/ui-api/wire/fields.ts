/** `GET /_ui/fields?index=…`: every field of the indices that a name or pattern stands for, by name. */
export interface FieldsAnswer {
  readonly fields: readonly FieldSummary[]
  /** How many indices the pattern stands for; 0 is a pattern that matches nothing yet. */
  readonly indices: number
  /** More fields than one answer holds. */
  readonly truncated: boolean
}

export interface FieldSummary {
  readonly name: string
  /** Elasticsearch's type; `conflict` where indices disagree. */
  readonly type: string
  readonly searchable: boolean
  readonly aggregatable: boolean
}

/** `POST /_ui/fields/coverage`: in how many of the documents that a query finds each field has a value. */
export interface CoverageAnswer {
  readonly total: number
  readonly counts: Readonly<Record<string, number>>
}
