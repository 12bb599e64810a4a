/** A document with all that writing it again takes. */
export interface StoredDocument {
  /** The name of the index it is in. */
  readonly index: string
  readonly id: string
  readonly seqNo: number
  readonly version: number
  readonly routing: string | undefined
  readonly source: Uint8Array
}
