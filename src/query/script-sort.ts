import { illegalArgument } from '../core/errors.ts'
import type { JsonValue } from '../core/json.ts'
import { numberSortContext, stringSortContext } from '../script/painless/contexts/document-values.ts'
import { parseScriptReference, type ScriptReference } from '../script/script-request.ts'
import { computedFields, type BindContext } from './bind/context.ts'
import { addScript } from './computed/computed-fields.ts'
import { readNestedSort, type UnboundNestedSort } from './nested-sort.ts'
import { raw, readObject, text, type Member } from './dsl/reading.ts'

/** `{ "_script": { "type": "number", "script": … } }`: documents are sorted by what a script makes of them. */
export interface SortScript {
  readonly reference: ScriptReference
  readonly type: 'number' | 'string'
}

/** What a `_script` sort says, its order and mode as they are written. @throws ElkhornError (400) */
export function readScriptSort(
  options: JsonValue,
  at: Member,
): {
  readonly script: SortScript
  readonly order: string | undefined
  readonly mode: string | undefined
  readonly nested: UnboundNestedSort | undefined
} {
  const members = {
    script: raw,
    type: text,
    order: text,
    mode: text,
    nested: readNestedSort,
    nested_path: text,
    nested_filter: raw,
  }
  const read = readObject(options, { ...at, owner: '_script' }, members, 'object')
  if (read.nested_path !== undefined || read.nested_filter !== undefined)
    throw illegalArgument('sort on [_script]: [nested_path] and [nested_filter] have been replaced by [nested]')
  if (read.script === undefined) throw illegalArgument('Required [script]')
  if (read.type === undefined) throw illegalArgument('Required [type]')
  if (read.type !== 'number' && read.type !== 'string') {
    throw illegalArgument(`Unknown ScriptSortType [${read.type}]; [number] and [string] are known`)
  }
  const { order, mode, nested } = read
  return { script: { reference: parseScriptReference(read.script), type: read.type }, order, mode, nested }
}

/** @param indices as what the script looks at: documents, or nested objects
 * @returns the path of a field that holds what the script makes */
export function addSortScript({ reference, type }: SortScript, indices: readonly BindContext[]): string {
  const script =
    type === 'number'
      ? ({ reference, context: numberSortContext, type: 'double' } as const)
      : ({ reference, context: stringSortContext, type: 'keyword' } as const)
  return addScript(script, indices.map(computedFields))
}
