import type { JsonValue } from '../../core/json.ts'
import { filterContext } from '../../script/painless/contexts/document-values.ts'
import { parseScriptReference, type ScriptReference } from '../../script/script-request.ts'
import type { Query } from '../ast.ts'
import { withBoost } from '../bind/combine.ts'
import { computedFields, type BindContext } from '../bind/context.ts'
import { addScript } from '../computed/computed-fields.ts'
import { parsingException } from './errors.ts'
import { common, objectAt, raw, readObject, type Member } from './reading.ts'

/** `{ "script": { "script": … } }`: the documents for which a script says true. */
export interface ScriptQuery {
  readonly kind: 'script'
  readonly script: ScriptReference
  readonly boost: number | undefined
}

export function parseScriptQuery(json: JsonValue, at: Member): ScriptQuery {
  const read = readObject(json, at, { ...common, script: raw })
  if (read.script === undefined)
    throw parsingException('script must be provided with a [script] filter', { node: objectAt(json, at), part: 'end' })
  return { kind: 'script', script: parseScriptReference(read.script), boost: read.boost }
}

/** A field that says what the script says, and a query for `true` in it. */
export function bindScript({ script, boost }: ScriptQuery, context: BindContext): Query {
  const field = addScript({ reference: script, context: filterContext, type: 'boolean' }, [computedFields(context)])
  return withBoost({ kind: 'constant_score', query: { kind: 'terms', field, values: [true] } }, boost)
}
