import type { JsonObject } from '../../core/json.ts'
import type { Field, FieldValue } from '../field.ts'
import type { ScopePath } from '../nested-objects.ts'
import type { Expression } from './expression.ts'

/** How a script makes the values of a field. */
export interface Computation {
  /** What has the values: nested objects of this path. Documents where it is absent. */
  readonly scope?: ScopePath
  /** Fields whose values it reads; `undefined`: it names them as it runs. */
  readonly reads: readonly Field[] | undefined
  readonly readsScore: boolean
  readonly readsSource: boolean
  /** Its values are scores: a negative one is an error of the script's. */
  readonly isScore: boolean
  /** The same in a form that engines compile; absent where the script is more than that. */
  readonly expression: Expression | undefined
  /** The values that `own` of the expression stands for, one after the other. */
  readonly of?: Field
  /** Makes it ready to run over documents, one after the other. */
  open(): ComputeValues
}

/** @throws ElkhornError `script_exception` (400) where the script fails for this document */
export type ComputeValues = (document: DocumentValues) => readonly FieldValue[]

/** What a script can see of a document. */
export interface DocumentValues {
  /** Sorted as doc values are: numbers ascending, strings ascending and distinct. */
  values(field: Field): readonly FieldValue[]
  readonly score: number
  source(): JsonObject
}

/** Values in the order of doc values. */
export function docValueOrder(values: readonly FieldValue[]): readonly FieldValue[] {
  if (values.length < 2) return values
  const [first] = values
  if (first instanceof Uint8Array) return inByteOrder(values)
  if (typeof first === 'object') return values
  const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  return typeof first === 'string' ? [...new Set(sorted)] : sorted
}

/** Addresses: each once, by their bytes. */
function inByteOrder(values: readonly FieldValue[]): readonly FieldValue[] {
  const byText = new Map(values.map((value) => [value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : '', value]))
  return [...byText].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value)
}
