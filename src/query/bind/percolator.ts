import type { JsonObject } from '../../core/json.ts'
import type { Field } from '../field.ts'

/**
 * Prepares documents to be asked about by the queries that stored documents keep in a field.
 * @throws ElkhornError 400 for a document that the mapping refuses
 */
export type Percolator = (documents: readonly JsonObject[], field: Field) => ScoreDocuments

/** The scores that the query of a stored document gives to the documents, in their order; `undefined` where it does not match. */
export type ScoreDocuments = (stored: JsonObject) => readonly (number | undefined)[]
