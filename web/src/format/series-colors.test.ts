/// <reference types="node" />
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { seriesStyle } from './series-colors.ts'

type Vector = readonly [number, number, number]
type Matrix = readonly [Vector, Vector, Vector]

const css = readFileSync(new URL('../styles/palette.css', import.meta.url), 'utf8')
const color = (name: string): string => {
  const hex = new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(css)?.[1]
  if (hex === undefined) throw new Error(`palette.css has no --${name}`)
  return hex
}
const series = (theme: string): string[] => Array.from({ length: 8 }, (_, at) => color(`series-${at + 1}-${theme}`))

const linear = (hex: string): Vector => {
  const channel = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return [channel(1), channel(3), channel(5)]
}
const luminance = ([r, g, b]: Vector): number => 0.2126 * r + 0.7152 * g + 0.0722 * b
const contrast = (a: string, b: string): number => {
  const [high = 0, low = 0] = [luminance(linear(a)), luminance(linear(b))].sort((x, y) => y - x)
  return (high + 0.05) / (low + 0.05)
}
const times = (m: Matrix, v: Vector): Vector => m.map((row) => row[0] * v[0] + row[1] * v[1] + row[2] * v[2]) as unknown as Vector

/** Björn Ottosson, “A perceptual color space for image processing” (2020). */
function oklab(rgb: Vector): Vector {
  const lms = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    rgb,
  )
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    lms.map((value) => Math.cbrt(value)) as unknown as Vector,
  )
}

/** Full deficiencies: Machado, Oliveira, Fernandes, “A physiologically-based model for simulation of color vision deficiency” (2009). */
const VIEWERS: Readonly<Record<string, Matrix>> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

test.each([
  { theme: 'dark', ground: 'ink-1' },
  { theme: 'light', ground: 'paper-1' },
])('$theme: series stand out from their ground', ({ theme, ground }) => {
  expect(series(theme).filter((hex) => contrast(hex, color(ground)) < 3)).toEqual([])
})

test.each(Object.entries(VIEWERS).flatMap(([viewer, matrix]) => ['dark', 'light'].map((theme) => ({ viewer, matrix, theme }))))(
  '$theme: a $viewer viewer tells series apart',
  ({ matrix, theme }) => {
    const seen = series(theme).map((hex) =>
      oklab(times(matrix, linear(hex)).map((v) => Math.min(1, Math.max(0, v))) as unknown as Vector),
    )
    for (const [i, a] of seen.entries()) {
      for (const b of seen.slice(0, i)) expect(Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])).toBeGreaterThan(0.08)
    }
  },
)

test('the ninth series has the first colour, dashed', () => {
  expect(seriesStyle(0)).toEqual({ color: '--series-1', dash: [] })
  expect(seriesStyle(8)).toEqual({ color: '--series-1', dash: [6, 3] })
})
