import type { TimeZone } from '../../core/dates/time-zone.ts'
import type { RangeRelation } from '../range-field.ts'
import type { Scalar } from './typed-value.ts'

/** Bounds of a request, untyped; an absent one is open. */
export interface ScalarBounds {
  readonly lower: Scalar | undefined
  readonly includeLower: boolean
  readonly upper: Scalar | undefined
  readonly includeUpper: boolean
}

export interface RangeOptions {
  /** Format of date bounds instead of the field's. */
  readonly format?: string | undefined
  readonly zone?: TimeZone | undefined
  /** Of fields whose values are ranges: how theirs lie to the one asked for. */
  readonly relation?: RangeRelation | undefined
}
