import { expect, test } from 'vitest'
import { createEvent } from '../../../core/event.ts'
import { elasticsearchConfig } from './config.ts'
import { compileOperation } from './operation.ts'

test.each([
  {
    name: 'a name that refers to nothing is told',
    config: { index: 'logs-%{kind}' },
    want: { type: 'index_name_interpolation', reason: 'the event has no value for the index name [logs-%{kind}]' },
  },
  {
    name: 'or is left to the store',
    config: { index: 'logs-%{kind}', dlq_on_failed_indexname_interpolation: false },
    want: { action: 'index', target: 'logs-%{kind}' },
  },
  {
    name: 'an action that there is not',
    config: { index: 'a', action: '%{do}' },
    want: { reason: 'there is no action [merge]: index, create, update and delete are known' },
  },
  {
    name: 'an update without an id',
    config: { index: 'a', action: 'update' },
    want: { reason: 'the action [update] needs document_id' },
  },
])('$name', ({ config, want }) => {
  const operationOf = compileOperation(elasticsearchConfig.parse(config), 'disabled')
  expect(operationOf(createEvent({ do: 'merge' }))).toMatchObject(want)
})
