import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonValue } from '../../core/json.ts'
import type { ComputedFields } from '../../query/computed/computed-fields.ts'
import { parseScriptReference, type ScriptReference } from '../../script/script-request.ts'
import type { IndexState } from '../index-state.ts'
import { numberSetting } from '../settings/index-settings.ts'
import { documentValues } from './document-values.ts'
import type { FieldFetcher } from './field-fetcher.ts'

/** A script whose value every hit shows. */
export interface ScriptField {
  readonly name: string
  readonly script: ScriptReference
  /** Leave it out where the script fails, instead of failing. */
  readonly ignoreFailure: boolean
}

/** Reads `script_fields`. @throws ElkhornError (400) */
export function parseScriptFields(json: JsonValue): readonly ScriptField[] {
  if (!isJsonObject(json)) throw illegalArgument('[script_fields] must be an object')
  return Object.entries(json).map(([name, definition]) => {
    if (!isJsonObject(definition)) throw illegalArgument(`[script_fields] of [${name}] must be an object`)
    for (const key of Object.keys(definition)) {
      if (key !== 'script' && key !== 'ignore_failure') throw illegalArgument(`Unknown key [${key}] in [script_fields.${name}]`)
    }
    const { script, ignore_failure: ignoreFailure } = definition
    if (script === undefined) throw illegalArgument(`[script_fields] of [${name}] has no [script]`)
    return { name, script: parseScriptReference(script), ignoreFailure: ignoreFailure === true || ignoreFailure === 'true' }
  })
}

/** @throws ElkhornError `script_exception` (400) for a script that does not compile, and from a fetcher for one that fails */
export function scriptFetchers(
  index: IndexState,
  fields: ComputedFields | undefined,
  requests: readonly ScriptField[],
): readonly FieldFetcher[] {
  const limit = numberSetting(index.settings, 'index.max_script_fields')
  if (requests.length > limit) {
    throw illegalArgument(
      `Trying to retrieve too many script_fields. Must be less than or equal to: [${limit}] but was [${requests.length}]. This limit can be set by changing the [index.max_script_fields] index level setting.`,
    )
  }
  if (!fields) return []
  return requests.map(({ name, script, ignoreFailure }): FieldFetcher => {
    const run = fields.fieldScript(script)
    return (document, into, metadata) => {
      try {
        const values = run(documentValues(index, document, metadata))
        if (values.length > 0) into.set(name, [...values])
      } catch (error) {
        if (!ignoreFailure || !(error instanceof ElkhornError)) throw error
      }
    }
  })
}
