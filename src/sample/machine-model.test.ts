import { expect, test } from 'vitest'
import { defectFrequencies } from './machine-model.ts'

test('defect frequencies are those of the textbook bearing', () => {
  // SKF 6205-2RS at 1,797 rpm, as the bearing data center of Case Western Reserve University lists its multiples of the speed.
  const shaft = 1797 / 60
  const { bpfo, bpfi, bsf, ftf } = defectFrequencies({ balls: 9, ratio: 7.94 / 39.04 }, shaft)
  expect([bpfi / shaft, bpfo / shaft, ftf / shaft, (2 * bsf) / shaft]).toEqual([
    expect.closeTo(5.4152, 2),
    expect.closeTo(3.5848, 2),
    expect.closeTo(0.39828, 3),
    expect.closeTo(4.7135, 2),
  ])
})
