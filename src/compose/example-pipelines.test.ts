import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lintPipelines } from './pipeline-tools.ts'

const folder = join(import.meta.dirname, '../../examples')

test.each(readdirSync(folder))('examples/%s loads, without a warning', async (name) => {
  const result = await lintPipelines([join(folder, name)], { compat: 'strict', lookUp: () => undefined })
  expect(result).toEqual({ errors: [], warnings: [] })
})
