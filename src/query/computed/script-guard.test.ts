import { expect, test } from 'vitest'
import { mapContext } from '../../script/painless/contexts/scripted-metric.ts'
import { fieldList } from '../field-list.ts'
import { scriptsForTests } from '../testing/scripts-for-tests.ts'
import { ComputedFields } from './computed-fields.ts'

const fields = new ComputedFields(fieldList({ n: 'long', k: 'keyword' }), scriptsForTests())

test.each([
  { name: 'one condition', source: "if (doc['n'].size() > 0 && doc['n'].value > 2) state.x += 1", guarded: true },
  { name: 'one condition of a block', source: "if (doc['k'].size() != 0) { state.x += 1; state.y = 2 }", guarded: true },
  { name: 'no condition', source: "state.x += doc['n'].value", guarded: false },
  { name: 'something else otherwise', source: "if (doc['n'].size() > 0) state.x += 1; else state.y += 1", guarded: false },
  { name: 'something behind it', source: "if (doc['n'].size() > 0) state.x += 1; state.y += 1", guarded: false },
  { name: 'a condition on what was kept', source: 'if (state.x < 3) state.x += 1', guarded: false },
  { name: 'a condition on parameters', source: "if (doc['n'].value > params.n) state.x += 1", guarded: false },
  { name: 'a condition on the score', source: 'if (_score > 1) state.x += 1', guarded: false },
  {
    name: 'a condition that changes something',
    source: "if (state.put('n', doc['n'].value) == null) state.x += 1",
    guarded: false,
  },
])('a script with $name', ({ source, guarded }) => {
  const guard = fields.guardOf({ lang: 'painless', source, params: { n: 1 } }, mapContext)
  // Where the engine is in doubt the script is to see the document.
  expect(guard?.open()({ values: () => [], score: 0, source: () => ({}) })).toEqual(guarded ? [true] : undefined)
})
