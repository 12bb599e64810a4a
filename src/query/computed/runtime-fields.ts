import { ElkhornError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { valuesAt } from '../../core/values-at.ts'
import { runtimeContexts } from '../../script/painless/contexts/document-values.ts'
import { parseScriptReference } from '../../script/script-request.ts'
import { didYouMean } from '../dsl/errors.ts'
import type { FieldValue } from '../field.ts'
import type { ComputedFields } from './computed-fields.ts'
import { fieldValuesOf } from './script-values.ts'

type RuntimeType = keyof typeof runtimeContexts

/**
 * Reads `runtime_mappings` of a request or `runtime` of a mapping: fields by name, each with a type and mostly a script.
 * @throws ElkhornError `mapper_parsing_exception`, `script_exception` (400)
 */
export function addRuntimeFields(mappings: JsonObject, fields: ComputedFields): void {
  for (const [path, definition] of Object.entries(mappings)) {
    // A null takes a field of the mapping away.
    if (definition === null || definition === undefined) continue
    if (!isJsonObject(definition))
      throw mapperParsing(`Expected map for runtime field [${path}] definition but got a ${typeof definition}`)
    const { type, script, format } = definition
    if (type === undefined) throw mapperParsing(`No type specified for runtime field [${path}]`)
    if (typeof type !== 'string' || !isRuntimeType(type)) {
      throw mapperParsing(
        `No handler for type [${String(type)}] declared on runtime field [${path}]${didYouMean(String(type), Object.keys(runtimeContexts))}`,
      )
    }
    const shape = { type, ...(typeof format === 'string' ? { format } : {}) }
    if (script === undefined || script === null) fields.addComputation(path, shape, ofSource(path, type))
    else fields.add(path, { ...shape, reference: parseScriptReference(script), context: runtimeContexts[type] })
  }
}

function isRuntimeType(type: string): type is RuntimeType {
  return Object.hasOwn(runtimeContexts, type)
}

const mapperParsing = (reason: string): ElkhornError => new ElkhornError('mapper_parsing_exception', 400, reason)

/** Without a script: what the document holds under the field's name. What its type cannot hold is left out. */
function ofSource(path: string, type: RuntimeType) {
  return {
    reads: [],
    readsScore: false,
    readsSource: true,
    isScore: false,
    expression: undefined,
    open: () => (document: { source(): JsonObject }) =>
      valuesAt(document.source(), path).flatMap((value) => (isJsonObject(value) ? [] : readValue(value, type))),
  } as const
}

function readValue(value: JsonValue, type: RuntimeType): readonly FieldValue[] {
  if (type === 'long' || type === 'double' || type === 'date') {
    const number = type === 'date' && typeof value === 'string' && !/^-?\d+$/.test(value) ? Date.parse(value) : Number(value)
    return Number.isNaN(number) || value === '' ? [] : [type === 'double' ? number : Math.trunc(number)]
  }
  try {
    return fieldValuesOf(type === 'boolean' ? value === true || value === 'true' : value, type)
  } catch (error) {
    if (error instanceof ElkhornError) return []
    throw error
  }
}
