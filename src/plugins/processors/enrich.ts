import type { ShapeRelationName } from '../../core/enrich-table.ts'
import { illegalArgument } from '../../core/errors.ts'
import type { FieldValue } from '../../core/event.ts'
import { copyValue } from './copy-value.ts'
import { defineProcessor } from './processor.ts'

const RELATIONS: readonly ShapeRelationName[] = ['intersects', 'disjoint', 'within', 'contains']
const MAX_MATCHES = 128

export const enrich = defineProcessor({
  name: 'enrich',
  summary: 'Adds fields of other documents, which an enrich policy has gathered.',
  create(config, { enrichTable }) {
    const policy = config.text('policy_name')
    const field = config.template('field')
    const target = config.template('target_field')
    const override = config.flag('override', true)
    const ignoreMissing = config.flag('ignore_missing', false)
    const max = config.integer('max_matches', 1)
    const relation = config.choice('shape_relation', RELATIONS, 'intersects')
    if (max < 1 || max > MAX_MATCHES) throw config.error('max_matches', 'should be between 1 and 128')
    if (enrichTable(policy) === undefined) throw illegalArgument(`no enrich index exists for policy with name [${policy}]`)
    return (document) => {
      // The policy may have been executed again: the newest table counts.
      const table = enrichTable(policy)
      if (table === undefined) throw illegalArgument(`no enrich index exists for policy with name [${policy}]`)
      const from = field(document)
      const value = document.find(from)
      if (value === undefined || value === null) {
        if (ignoreMissing) return
        throw illegalArgument(`field [${from}] not present as part of path [${from}]`)
      }
      const to = target(document)
      const before = document.find(to)
      if (!override && before !== undefined && before !== null) return
      const found = table.find(value as FieldValue, max, relation)
      if (found.length === 0) return
      const copies = found.map((fields) => copyValue(fields))
      document.set(to, max === 1 ? copies[0] : copies)
    }
  },
})
