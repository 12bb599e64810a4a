import { unreachable } from '../core/errors.ts'

/** What counts of several distances. */
export type DistanceMode = (typeof DISTANCE_MODES)[number]

export const DISTANCE_MODES = ['min', 'max', 'avg', 'sum', 'median'] as const

/** The distance that counts, of at least one. */
export function distanceOf(distances: readonly number[], mode: DistanceMode): number {
  switch (mode) {
    case 'min':
      return distances.reduce((a, b) => Math.min(a, b))
    case 'max':
      return distances.reduce((a, b) => Math.max(a, b))
    case 'avg':
      return sum(distances) / distances.length
    case 'sum':
      return sum(distances)
    case 'median': {
      const sorted = distances.toSorted((a, b) => a - b)
      const [left = 0, right = 0] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
      return (left + right) / 2
    }
    default:
      return unreachable(mode)
  }
}

const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0)
