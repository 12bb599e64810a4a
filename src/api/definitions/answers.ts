import { ElkhornError } from '../../core/errors.ts'
import type { Definition } from '../../index/definitions/definitions.ts'
import { ok, type Answer } from '../http/route.ts'

/** 404 in Elasticsearch's words for what is not defined. */
export const notDefined = (reason: string): ElkhornError => new ElkhornError('resource_not_found_exception', 404, reason)

/** The answer to a definition in the newer APIs: whether it is new. */
export const created = ({ version }: Definition): Answer => ok({ result: version === 1 ? 'created' : 'updated' })

/** A page of a list. */
export function page<T>(list: readonly T[], from: number, size: number): readonly T[] {
  return list.slice(from, from + size)
}
