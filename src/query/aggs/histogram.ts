import { doubleJson } from '../../core/double.ts'
import { isRangeType } from '../range-field.ts'
import { illegalArgument } from '../../core/errors.ts'
import type { AggregationResult } from '../aggregation.ts'
import { bool, int, number, optionalText, readObject, type Read } from '../dsl/reading.ts'
import { BY_KEY, bucketOrder, withTieBreak } from './bucket-order.ts'
import type { AggregationDefinition, ShapeContext } from './definition.ts'
import { orHistograms } from './histogram-field.ts'
import { shapeHistogram } from './histogram-buckets.ts'
import { bindSource, readSource, sourceMembers } from './values-source.ts'

const optionalNumber: Read<number | undefined> = (value, at) => (value === null ? undefined : number(value, at))

/** `{ "min": 0, "max": 10 }`, either of them alone too. */
interface HistogramBounds {
  readonly min: number | undefined
  readonly max: number | undefined
}

const bounds: Read<HistogramBounds> = (value, at) => readObject(value, at, { min: optionalNumber, max: optionalNumber }, 'object')

interface WrittenBounds {
  readonly min?: string | number | undefined
  readonly max?: string | number | undefined
}

/**
 * @param written the bounds as the request has them
 * @throws ElkhornError `illegal_argument_exception` (400) where buckets are asked for that must not be
 */
export function checkBounds(
  extended: HistogramBounds | undefined,
  hard: HistogramBounds | undefined,
  written: readonly [extended: WrittenBounds | undefined, hard: WrittenBounds | undefined] = [extended, hard],
): void {
  if (extended === undefined || hard === undefined) return
  const isOutside = (end: number | undefined): boolean =>
    end !== undefined && (end < (hard.min ?? -Infinity) || end > (hard.max ?? Infinity))
  if (!isOutside(extended.min) && !isOutside(extended.max)) return
  const print = ({ min, max }: WrittenBounds = {}): string => `[${min ?? ''}--${max ?? ''}]`
  throw illegalArgument(
    `Extended bounds have to be inside hard bounds, hard bounds: ${print(written[1])}, extended bounds: ${print(written[0])}`,
  )
}

/** Buckets of equal width over numbers. */
export const histogram: AggregationDefinition = {
  name: 'histogram',
  holdsOthers: true,
  parse(json, at, name) {
    const read = readObject(
      json,
      at,
      {
        ...sourceMembers,
        format: optionalText,
        interval: number,
        offset: number,
        min_doc_count: int,
        keyed: bool,
        order: bucketOrder,
        extended_bounds: bounds,
        hard_bounds: bounds,
      },
      'object',
    )
    const request = readSource(read, 'histogram')
    const { interval, offset = 0, extended_bounds: extendedBounds, hard_bounds: hardBounds } = read
    if (interval === undefined) throw illegalArgument('interval must be positive, got: 0.0')
    if (!(interval > 0)) throw illegalArgument(`[interval] must be >0 for histogram aggregation [${name}]`)
    const minDocCount = read.min_doc_count ?? 0
    if (minDocCount < 0)
      throw illegalArgument(`[min_doc_count] must be greater than or equal to 0. Found [${minDocCount}] in [${name}]`)
    checkBounds(extendedBounds, hardBounds)
    const order = withTieBreak(read.order ?? BY_KEY)
    const keyOf = (value: number): number => Math.floor((value - offset) / interval) * interval + offset
    const indexOf = (key: number): number => Math.round((key - offset) / interval)
    return {
      bind(context) {
        const { source, field, format } = bindSource(request, 'histogram', 'numbers, dates, ranges and histograms', context)
        const bound = {
          aggregation: { kind: 'histogram', source, interval, offset, order, ...(hardBounds && { within: hardBounds }) },
          typedKey: 'histogram',
          shape: (result: AggregationResult, shapeContext: ShapeContext) =>
            shapeHistogram(
              result,
              {
                format: { ...format, json: (key) => doubleJson(Number(key)) },
                order,
                minDocCount,
                keyed: read.keyed ?? false,
                extendedBounds,
                // Compared without the offset, both ends included, as Elasticsearch does. Of ranges the engine has seen to it.
                isWithin: (key) =>
                  (field !== undefined && isRangeType(field.type)) ||
                  (key - offset >= (hardBounds?.min ?? -Infinity) && key - offset <= (hardBounds?.max ?? Infinity)),
                keyOf,
                canonical: (key) => indexOf(key) * interval + offset,
                keysBetween: (from, to) =>
                  Array.from(
                    { length: indexOf(to) - indexOf(from) + 1 },
                    (_, index) => (indexOf(from) + index) * interval + offset,
                  ),
                countBetween: (from, to) => indexOf(to) - indexOf(from) + 1,
              },
              shapeContext,
            ),
        } as const
        return orHistograms(bound, field, context)
      },
    }
  },
}
