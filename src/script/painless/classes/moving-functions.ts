import { classTable } from '../class-table.ts'
import type { JavaArray } from '../values/collections.ts'

// `NaN` where there are no values, unless a function says otherwise.

export const max = (values: readonly number[]): number => values.reduce((a, b) => (a > b ? a : b), NaN)
export const min = (values: readonly number[]): number => values.reduce((a, b) => (a < b ? a : b), NaN)
/** 0 for no values. */
export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
const unweightedAvg = (values: readonly number[]): number => (values.length === 0 ? NaN : sum(values) / values.length)

/** Of the population, around an average that is given. */
export function stdDev(values: readonly number[], average: number): number {
  if (values.length === 0 || Number.isNaN(average)) return NaN
  return Math.sqrt(sum(values.map((value) => (value - average) ** 2)) / values.length)
}

/** The newest value weighs as much as there are values, the oldest 1. */
function linearWeightedAvg(values: readonly number[]): number {
  if (values.length === 0) return NaN
  const weighted = sum(values.map((value, at) => value * (at + 1)))
  // As Elasticsearch has it: the weights begin to add up at 1.
  return weighted / (1 + sum(values.map((_, at) => at + 1)))
}

/** Exponentially weighted: `alpha` is the weight of the newest. */
function ewma(values: readonly number[], alpha: number): number {
  const [first, ...rest] = values
  return rest.reduce((average, value) => alpha * value + (1 - alpha) * average, first ?? NaN)
}

/** Holt's linear trend, forecasting nothing. */
function holt(values: readonly number[], alpha: number, beta: number): number {
  let [level = NaN] = values
  let trend = 0
  let lastLevel = level
  for (const [at, value] of values.entries()) {
    if (at === 0) continue
    const next = alpha * value + (1 - alpha) * (level + trend)
    lastLevel = level
    level = next
    trend = beta * (level - lastLevel) + (1 - beta) * trend
  }
  return level
}

interface Seasons {
  readonly alpha: number
  readonly beta: number
  readonly gamma: number
  readonly period: number
  readonly multiplicative: boolean
}

/** Holt and Winters's triple exponential smoothing; needs two whole periods, and gives the value that comes next. */
function holtWinters(values: readonly number[], { alpha, beta, gamma, period, multiplicative }: Seasons): number {
  if (values.length < 2 * period || period < 1) return NaN
  // Divisions by what is near 0 are avoided by lifting everything a little.
  const padding = multiplicative ? 1e-10 : 0
  const lifted = values.map((value) => value + padding)
  const first = lifted.slice(0, period)
  let level = unweightedAvg(first)
  let trend = sum(first.map((value, at) => ((lifted[at + period] ?? 0) - value) / period)) / period
  const seasons = first.map((value) => (multiplicative ? value / level : value - level))
  const seasonal = [...seasons]
  for (let at = period; at < lifted.length; at++) {
    const value = lifted[at] ?? 0
    const season = seasonal[at - period] ?? 0
    const lastLevel = level
    const clean = multiplicative ? value / season : value - season
    level = alpha * clean + (1 - alpha) * (lastLevel + trend)
    trend = beta * (level - lastLevel) + (1 - beta) * trend
    const own = multiplicative ? value / (lastLevel + trend) : value - lastLevel - trend
    seasonal.push(gamma * own + (1 - gamma) * season)
  }
  const season = seasonal[lifted.length - period] ?? 0
  return multiplicative ? (level + trend) * season - padding : level + trend + season
}

/** Java holds the numbers of an array unboxed, and so do we. */
const numbers = ({ items }: JavaArray): readonly number[] => items as readonly number[]

/** What scripts of `moving_fn` may call. */
export const movingFunctions = classTable({
  name: 'org.opensearch.search.aggregations.pipeline.MovingFunctions',
  statics: {
    'double max(double[])': (values: JavaArray) => max(numbers(values)),
    'double min(double[])': (values: JavaArray) => min(numbers(values)),
    'double sum(double[])': (values: JavaArray) => sum(numbers(values)),
    'double unweightedAvg(double[])': (values: JavaArray) => unweightedAvg(numbers(values)),
    'double stdDev(double[], double)': (values: JavaArray, average: number) => stdDev(numbers(values), average),
    'double linearWeightedAvg(double[])': (values: JavaArray) => linearWeightedAvg(numbers(values)),
    'double ewma(double[], double)': (values: JavaArray, alpha: number) => ewma(numbers(values), alpha),
    'double holt(double[], double, double)': (values: JavaArray, alpha: number, beta: number) =>
      holt(numbers(values), alpha, beta),
    'double holtWinters(double[], double, double, double, int, boolean)': (
      values: JavaArray,
      alpha: number,
      beta: number,
      gamma: number,
      period: number,
      multiplicative: boolean,
    ) => holtWinters(numbers(values), { alpha, beta, gamma, period, multiplicative }),
  },
})
