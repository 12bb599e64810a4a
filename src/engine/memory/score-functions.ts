import { unreachable } from '../../core/errors.ts'
import type { FactorModifier, Query, ScoreFunction } from '../../query/ast.ts'
import { distanceOf } from '../../query/distance-mode.ts'
import type { GeoPoint } from '../../query/field.ts'
import { ComputedValues } from './computed-values.ts'
import type { MemoryDocument } from './document.ts'
import type { Evaluate } from './evaluate.ts'

type FunctionScore = Extract<Query, { kind: 'function_score' }>
type Distance = (a: GeoPoint, b: GeoPoint) => number

/** Scores are 32 bits wide: what functions make is no larger. */
const MAX_FLOAT = 3.4028234663852886e38

/** A score as the functions that apply to a document change it. */
export function changedScore(
  document: MemoryDocument,
  score: number,
  { functions, scoreMode, boostMode, maxBoost }: FunctionScore,
  filters: readonly Evaluate[],
  distance: Distance,
): number {
  const applied = functions.filter((_, i) => filters[i]?.(document) !== undefined)
  const values = applied.map((one) => one.weight * functionValue(one, document, distance, score))
  const factor = Math.min(factorOf(values, applied, scoreMode), maxBoost, MAX_FLOAT)
  switch (boostMode) {
    case 'multiply':
      return score * factor
    case 'replace':
      return factor
    case 'sum':
      return score + factor
    case 'avg':
      return (score + factor) / 2
    case 'max':
      return Math.max(score, factor)
    case 'min':
      return Math.min(score, factor)
    default:
      return unreachable(boostMode)
  }
}

function factorOf(values: readonly number[], applied: readonly ScoreFunction[], mode: FunctionScore['scoreMode']): number {
  const [first] = values
  if (first === undefined) return 1
  const sum = values.reduce((a, b) => a + b, 0)
  switch (mode) {
    case 'multiply':
      return values.reduce((a, b) => a * b, 1)
    case 'sum':
      return sum
    case 'avg':
      return sum / applied.reduce((total, { weight }) => total + weight, 0)
    case 'first':
      return first
    case 'max':
      return Math.max(...values)
    case 'min':
      return Math.min(...values)
    default:
      return unreachable(mode)
  }
}

function functionValue({ value }: ScoreFunction, document: MemoryDocument, distance: Distance, score: number): number {
  switch (value.kind) {
    case 'one':
      return 1
    case 'field': {
      const values = (document.values.get(value.field) ?? []).map(Number)
      return modified(value.factor * (values.length === 0 ? value.missing : Math.min(...values)), value.modifier)
    }
    case 'decay': {
      const distances = distancesTo(document, value.field, value.origin, distance)
      const far =
        distances.length === 0
          ? 0
          : distanceOf(
              distances.map((one) => Math.max(0, one - value.offset)),
              value.mode,
            )
      if (value.shape === 'gauss') return Math.exp((Math.log(value.decay) * far * far) / value.scale ** 2)
      if (value.shape === 'exp') return Math.exp((Math.log(value.decay) * far) / value.scale)
      return Math.max(0, 1 - ((1 - value.decay) * far) / value.scale)
    }
    case 'random':
      return Number((BigInt(document.seqNo) * 2_654_435_761n + BigInt(value.seed >>> 0)) & 0xffff_ffffn) / 2 ** 32
    case 'script': {
      const { values } = document
      return values instanceof ComputedValues ? values.scored(value.field.path, score) : 0
    }
    default:
      return unreachable(value)
  }
}

/** Distance to the nearest value: meters between points, else the difference. */
export function nearest(
  document: MemoryDocument,
  field: string,
  origin: GeoPoint | number,
  distance: Distance,
): number | undefined {
  const distances = distancesTo(document, field, origin, distance)
  return distances.length === 0 ? undefined : distanceOf(distances, 'min')
}

function distancesTo(document: MemoryDocument, field: string, origin: GeoPoint | number, distance: Distance): readonly number[] {
  return (document.values.get(field) ?? []).flatMap((value) => {
    if (typeof origin === 'number') return [Math.abs(Number(value) - origin)]
    return typeof value === 'object' && 'lat' in value ? [distance(value, origin)] : []
  })
}

function modified(value: number, modifier: FactorModifier): number {
  switch (modifier) {
    case 'none':
      return value
    case 'log':
      return Math.log10(value)
    case 'log1p':
      return Math.log10(value + 1)
    case 'log2p':
      return Math.log10(value + 2)
    case 'ln':
      return Math.log(value)
    case 'ln1p':
      return Math.log(value + 1)
    case 'ln2p':
      return Math.log(value + 2)
    case 'square':
      return value * value
    case 'sqrt':
      return Math.sqrt(value)
    case 'reciprocal':
      return 1 / value
    default:
      return unreachable(modifier)
  }
}
