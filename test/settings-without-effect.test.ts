import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { defaultIndexSettings, settingsWithoutEffect } from '../src/index/settings/index-settings.ts'

const root = new URL('../src', import.meta.url).pathname
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.endsWith('settings/index-settings.ts'))
  .map((path) => readFileSync(join(root, path), 'utf8'))
  .join('\n')

test('the settings that are said to have no effect are those that no source reads', () => {
  // Blocks are read by the word behind the dot.
  const known = [...new Set([...Object.keys(defaultIndexSettings()), ...settingsWithoutEffect])]
  const unread = known.filter((key) => !key.startsWith('index.blocks.') && !sources.includes(`'${key}'`))
  expect(unread.toSorted()).toEqual(settingsWithoutEffect.toSorted())
})
