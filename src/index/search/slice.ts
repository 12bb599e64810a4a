import { illegalArgument } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import { parsingException } from '../../query/dsl/errors.ts'
import { int, readObject, text } from '../../query/dsl/reading.ts'
import type { IndexSchema } from '../../engine/engine.ts'
import { IndexState } from '../index-state.ts'
import { numberSetting } from '../settings/index-settings.ts'

/** One of `max` parts of all documents; together they are all of them, and none is in two. */
export interface Slice {
  readonly id: number
  readonly max: number
}

/** @throws ElkhornError (400) for a slice that is none, or more slices than the index allows */
export function readSlice(json: JsonValue, index: IndexSchema): Slice {
  const { id, max } = readObject(json, { node: {}, key: 'slice', owner: 'slice' }, { id: int, max: int, field: text }, 'object')
  if (id === undefined || max === undefined) {
    throw parsingException(`Required one of fields [${id === undefined ? 'id' : 'max'}], but none were specified. `, {
      node: {},
      part: 'start',
    })
  }
  if (max <= 1) throw illegalArgument('max must be greater than 1')
  if (id < 0) throw illegalArgument('id must be greater than or equal to 0')
  if (id >= max) throw illegalArgument('max must be greater than id')
  const limit = index instanceof IndexState ? numberSetting(index.settings, 'index.max_slices_per_scroll') : Infinity
  if (max > limit) {
    throw illegalArgument(
      `The number of slices [${max}] is too large. It must be less than [${limit}]. This limit can be set by changing the [index.max_slices_per_scroll] index level setting.`,
    )
  }
  return { id, max }
}
