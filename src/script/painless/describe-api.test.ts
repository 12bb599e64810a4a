import { expect, test } from 'vitest'
import { CONTEXTS } from './contexts/all.ts'
import { describeApi, describeContext } from './describe-api.ts'

const named = (name: string): (typeof CONTEXTS)[number] => {
  const found = CONTEXTS.find((one) => one.name === name)
  if (!found) throw new Error(name)
  return found
}

test.each([
  { name: 'filter', methods: ['execute boolean()', 'getDoc java.util.Map()', 'getParams java.util.Map()'] },
  { name: 'ingest', methods: ['execute void(java.util.Map ctx)', 'getParams java.util.Map()'] },
  { name: 'moving-function', methods: ['execute double(java.util.Map params, double[] values)'] },
  {
    name: 'aggs_map',
    methods: [
      'execute void()',
      'getDoc java.util.Map()',
      'getParams java.util.Map()',
      'getState java.util.Map()',
      'get_score double()',
    ],
  },
])('the context $name', ({ name, methods }) => {
  const described = describeContext(named(name)) as {
    readonly methods: readonly { name: string; return_type: string; params: readonly { type: string; name: string }[] }[]
  }
  const shown = described.methods.map(
    (one) => `${one.name} ${one.return_type}(${one.params.map((parameter) => `${parameter.type} ${parameter.name}`).join(', ')})`,
  )
  expect(shown).toEqual(methods)
})

test('classes are listed by name, with what scripts may call', () => {
  const { classes, imported_methods: functions } = describeApi(named('score')) as {
    readonly classes: readonly { readonly name: string }[]
    readonly imported_methods: readonly { readonly name: string }[]
  }
  const names = classes.map(({ name }) => name)
  expect(names).toEqual(names.toSorted())
  expect(names).toEqual(expect.arrayContaining(['int', 'java.lang.Appendable', 'java.util.ArrayList', 'java.util.Map$Entry']))
  expect(functions.map(({ name }) => name)).toContain('saturation')
  expect(classes.find(({ name }) => name === 'java.util.ArrayList')).toMatchObject({
    imported: true,
    constructors: [{ declaring: 'java.util.ArrayList', parameters: [] }, { parameters: ['java.util.Collection'] }],
    methods: expect.arrayContaining([
      { declaring: 'java.util.List', name: 'get', return: 'org.opensearch.painless.lookup.def', parameters: ['int'] },
    ]) as unknown,
  })
})
