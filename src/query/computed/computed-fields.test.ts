import { expect, test } from 'vitest'
import type { Field, FieldLookup } from '../field.ts'
import { scriptsForTests } from '../testing/scripts-for-tests.ts'
import { ComputedFields } from './computed-fields.ts'
import { addRuntimeFields } from './runtime-fields.ts'

const n: Field = { path: 'n', type: 'long', ordinal: 0, parameters: { indexed: true, docValues: true } }
const mapped: FieldLookup = { find: (path) => (path === 'n' ? n : undefined), match: () => [n], all: () => [n] }
const document = { values: () => [3, 5], score: 0, source: () => ({ secret: 'x' }) }
const script = (source: string) => ({ source, lang: 'painless', params: {} })

test('a runtime field has the values that its script emits', () => {
  const fields = new ComputedFields(mapped, scriptsForTests())
  addRuntimeFields({ twice: { type: 'long', script: `for (v in doc['n']) emit(v * 2)` } }, fields)
  expect(fields.find('twice')?.computation?.open()(document)).toEqual([6, 10])
  expect(fields.match('*').map(({ path }) => path)).toEqual(['n', 'twice'])
})

test('whoever may see only some fields does not see the rest through the source', () => {
  const fields = new ComputedFields(mapped, scriptsForTests(), { showsSource: false })
  const runtime = (definition: object) => () => addRuntimeFields({ secret: { type: 'keyword', ...definition } }, fields)
  expect(runtime({ script: `emit(params._source.secret)` })).toThrow('[params._source] is not there')
  expect(runtime({ script: `emit(params['_' + 'source'].secret)` })).not.toThrow()
  expect(() => fields.find('secret')?.computation?.open()(document)).toThrow('runtime error')
  expect(runtime({})).toThrow('[params._source] is not there')
  expect(fields.fieldScript(script(`params.containsKey('_source')`))(document)).toEqual([false])
})

test('a runtime field of no known type', () => {
  const fields = new ComputedFields(mapped, scriptsForTests())
  expect(() => addRuntimeFields({ f: { type: 'lon' } }, fields)).toThrow(
    'No handler for type [lon] declared on runtime field [f]',
  )
})
