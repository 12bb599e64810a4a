import { haversineMeters } from '../../../core/haversine.ts'
import { parseDurationMs } from '../../../core/duration.ts'
import { parseGeoPoint } from '../../../core/geo-point.ts'
import type { BoundFunction } from '../compile/compiling.ts'
import { illegalArgument } from '../java-error.ts'
import { GeoPointValue } from '../values/doc-values.ts'
import { Moment } from '../values/temporal.ts'
import type { Value } from '../values/value.ts'

const METERS: Readonly<Record<string, number>> = {
  m: 1,
  km: 1000,
  mi: 1609.344,
  yd: 0.9144,
  ft: 0.3048,
  cm: 0.01,
  mm: 0.001,
  nmi: 1852,
}

/** What a decay is at a distance beyond the offset: 1 at 0, `decay` at `scale`. */
type Shape = (far: number, scale: number, decay: number) => number

const SHAPES: Readonly<Record<'Gauss' | 'Exp' | 'Linear', Shape>> = {
  Gauss: (far, scale, decay) => Math.exp((Math.log(decay) * far * far) / (scale * scale)),
  Exp: (far, scale, decay) => Math.exp((Math.log(decay) * far) / scale),
  Linear: (far, scale, decay) => Math.max(0, 1 - ((1 - decay) * far) / scale),
}

const STRING = 'java.lang.String'

/** Engines compute them from what they store; what a script can see of a document holds no vectors. */
const VECTOR_FUNCTIONS = ['cosineSimilarity', 'dotProduct', 'l1norm', 'l2norm']

/** What scripts of scores may call besides the methods of classes (`ScoreScriptUtils`). */
export const scoreFunctions: readonly BoundFunction[] = [
  {
    name: 'saturation',
    returns: 'double',
    parameters: ['double', 'double'],
    call: (_, value: number, pivot: number) => value / (pivot + value),
  },
  {
    name: 'sigmoid',
    returns: 'double',
    parameters: ['double', 'double', 'double'],
    call: (_, value: number, pivot: number, power: number) => value ** power / (pivot ** power + value ** power),
  },
  ...VECTOR_FUNCTIONS.map((name): BoundFunction => ({
    name,
    returns: 'double',
    parameters: ['def', STRING],
    call: (_, vector: Value, field: string) => {
      const length = Array.isArray(vector) ? vector.length : 0
      throw illegalArgument(
        `A document doesn't have a value for a vector field! [${name}] needs [${length}] numbers in [${field}], and a script that is a single expression`,
      )
    },
  })),
  ...Object.entries(SHAPES).flatMap(([name, shape]): readonly BoundFunction[] => [
    {
      name: `decayNumeric${name}`,
      returns: 'double',
      parameters: ['double', 'double', 'double', 'double', 'double'],
      call: (_, origin: number, scale: number, offset: number, decay: number, value: number) =>
        shape(Math.max(0, Math.abs(value - origin) - offset), scale, decay),
    },
    {
      name: `decayDate${name}`,
      returns: 'double',
      parameters: [STRING, STRING, STRING, 'double', 'def'],
      call: (_, origin: string, scale: string, offset: string, decay: number, value: Value) => {
        if (!(value instanceof Moment)) throw illegalArgument(`decayDate${name} takes the value of a date field`)
        const far = Math.abs(value.epochMilli - dateOf(origin)) - durationOf(offset, 'offset')
        return shape(Math.max(0, far), durationOf(scale, 'scale'), decay)
      },
    },
    {
      name: `decayGeo${name}`,
      returns: 'double',
      parameters: [STRING, STRING, STRING, 'double', 'def'],
      call: (_, origin: string, scale: string, offset: string, decay: number, value: Value) => {
        if (!(value instanceof GeoPointValue)) throw illegalArgument(`decayGeo${name} takes the value of a field of points`)
        const far = haversineMeters(value, parseGeoPoint(origin)) - metersOf(offset)
        return shape(Math.max(0, far), metersOf(scale), decay)
      },
    },
  ]),
]

function dateOf(text: string): number {
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) throw illegalArgument(`failed to parse date field [${text}]`)
  return ms
}

function durationOf(text: string, what: string): number {
  return text === '0' ? 0 : parseDurationMs(text, what)
}

function metersOf(text: string): number {
  const [, number, unit = 'm'] = /^\s*([\d.]+)\s*([a-z]+)?\s*$/.exec(text) ?? []
  const meters = METERS[unit]
  if (number === undefined || meters === undefined) throw illegalArgument(`failed to parse distance [${text}]`)
  return Number(number) * meters
}
