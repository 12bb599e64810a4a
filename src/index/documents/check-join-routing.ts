import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject } from '../../core/json.ts'
import type { WriteOperation } from '../../engine/engine.ts'
import type { IndexState } from '../index-state.ts'
import { parsingError } from '../mapping/document-mapper.ts'
import { parseDocument } from './parse-document.ts'
import { valuesAt } from '../../core/values-at.ts'

/**
 * Children lie with their parents, so whoever writes one says where: nobody could find it otherwise once there are shards.
 * @throws ElkhornError `document_parsing_exception` (400)
 */
export function checkJoinRouting(
  { mapping: { join } }: IndexState,
  { source, document, routing }: Pick<WriteOperation, 'source' | 'document'> & { readonly routing?: string | undefined },
): void {
  if (!join || routing !== undefined || source === undefined) return
  const children = Object.values(join.parameters.relations ?? {}).flat()
  const values = valuesAt(document ?? parseDocument(source), join.path)
  if (values.some((value) => isJsonObject(value) && value['parent'] !== undefined && children.includes(String(value['name']))))
    throw parsingError('failed to parse', illegalArgument(`[routing] is missing for join field [${join.path}]`))
}
