import { illegalArgument } from '../../core/errors.ts'
import { doubleJson, printDouble } from '../../core/double.ts'
import { Float } from '../../core/float.ts'
import type { JsonValue } from '../../core/json.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import { fieldContext, type DocumentScript, type SearchBindings } from '../../script/painless/contexts/document-values.ts'
import type { ScriptContext } from '../../script/painless/contexts/script-context.ts'
import type { Script } from '../../script/painless/syntax/ast.ts'
import { parseScript } from '../../script/painless/syntax/parse.ts'
import { boxDouble, boxLong, type Value } from '../../script/painless/values/value.ts'
import type { ScriptReference } from '../../script/script-request.ts'
import type { Scripts } from '../../script/scripts.ts'
import type { Field, FieldLookup, FieldType, FieldValue } from '../field.ts'
import type { ScopePath } from '../nested-objects.ts'
import type { Computation, ComputeValues, DocumentValues } from './computation.ts'
import type { DocumentReads } from './document-collection.ts'
import { DocumentView } from './document-view.ts'
import type { ExpressionType } from './expression.ts'
import { foldScript, ownTypeOf } from './fold-script.ts'
import { isMetadata, metadataField } from './metadata-values.ts'
import { guardOf } from './script-guard.ts'
import { scriptReads } from './script-reads.ts'
import { fieldValuesOf } from './script-values.ts'

/** A script and what is to be made of it. */
export interface ComputedScript {
  readonly reference: ScriptReference
  readonly context: ScriptContext<DocumentScript>
  readonly type: FieldType
  /** The field whose values the script is about, one after the other, as `_value`. */
  readonly of?: Field
  /** Its values are scores: none is negative. They are those of a query, or of one of its functions. */
  readonly scoreOf?: 'query' | 'function'
  /** Date format of a field of dates. */
  readonly format?: string
}

/**
 * The fields of an index as one search sees them: those of its mapping, and those whose values scripts compute while it
 * searches. A script of a request becomes a field here as well, one that no path of a client can name: so queries,
 * aggregations and sorts over scripts are queries, aggregations and sorts over fields.
 */
export class ComputedFields implements FieldLookup {
  readonly #mapped: FieldLookup
  readonly #scripts: Scripts
  readonly #showsSource: boolean
  readonly #indexName: string | undefined
  /** Those of all nested objects as well; empty where these are looked at. */
  readonly #computed = new Map<string, Field>()
  /** Of nested objects: their path, and the fields of their index. */
  readonly #nested: { readonly scope: ScopePath; readonly documents: ComputedFields } | undefined

  constructor(mapped: FieldLookup, scripts: Scripts, { showsSource = true, indexName, nested }: ComputedFieldsOptions = {}) {
    this.#mapped = mapped
    this.#scripts = scripts
    this.#showsSource = showsSource
    this.#indexName = indexName
    this.#nested = nested
  }

  /** The same fields, for a search that adds scripts of its own. */
  copy(): ComputedFields {
    const options = { showsSource: this.#showsSource, indexName: this.#indexName }
    const copy = new ComputedFields(this.#mapped, this.#scripts, options)
    for (const field of this.#named()) copy.#computed.set(field.path, field)
    return copy
  }

  /** The same scripts, over the nested objects of a path, which have these fields. */
  within(fields: FieldLookup, scope: ScopePath): ComputedFields {
    const documents = this.#documents
    // Back out of nested objects, documents have the fields that they had.
    if (scope === '') return documents
    return new ComputedFields(fields, this.#scripts, { showsSource: this.#showsSource, nested: { scope, documents } })
  }

  get #documents(): ComputedFields {
    return this.#nested?.documents ?? this
  }

  find(path: string): Field | undefined {
    const computed = this.computed(path)
    const isHere = (computed?.computation?.scope ?? '') === (this.#nested?.scope ?? '')
    return computed && isHere ? computed : this.#mapped.find(path)
  }

  match(pattern: string): readonly Field[] {
    const named = this.#named().filter(({ path }) => matchesWildcard(pattern, path))
    return [...this.#mapped.match(pattern).filter(({ path }) => !this.#computed.has(path)), ...named]
  }

  all(): readonly Field[] {
    return [...this.#mapped.all().filter(({ path }) => !this.#computed.has(path)), ...this.#named()]
  }

  #named(): readonly Field[] {
    return [...this.#computed.values()].filter(({ path }) => !path.startsWith(SCRIPT_PREFIX))
  }

  /** What scripts see under a name: documents have metadata as well. */
  #seen(path: string): Field | undefined {
    return this.find(path) ?? (this.#nested ? undefined : metadataField(path, this.#indexName))
  }

  /** A computed field; `undefined` for those of the mapping. */
  computed(path: string): Field | undefined {
    return this.#documents.#computed.get(path)
  }

  get count(): number {
    return this.#documents.#computed.size
  }

  /** @throws ElkhornError `script_exception` (400) */
  add(path: string, script: ComputedScript): Field {
    return this.addComputation(path, script, this.#computation(script, path))
  }

  addComputation(path: string, { type, format }: Pick<ComputedScript, 'type' | 'format'>, computation: Computation): Field {
    if (computation.readsSource) this.#checkSource()
    const scope = this.#nested?.scope
    if (scope !== undefined) checkNested(computation, scope)
    const field: Field = {
      path,
      type,
      ordinal: -1 - this.count,
      parameters: { indexed: true, docValues: true, ...(format === undefined ? {} : { format }) },
      computation: scope === undefined ? computation : { ...computation, scope },
    }
    this.#documents.#computed.set(path, field)
    return field
  }

  /** @throws ElkhornError 400 for whoever may see only some fields of documents */
  #checkSource(): void {
    if (!this.#showsSource)
      throw illegalArgument('[params._source] is not there for users who may see only some fields; use [doc]')
  }

  /** A script that is about no document. @throws ElkhornError `script_exception` (400) */
  compile<Run>(reference: ScriptReference, context: ScriptContext<Run>): Run {
    return this.#scripts.compile(reference, context)
  }

  /** A script of `script_fields`: JSON's values. @throws ElkhornError `script_exception` (400) */
  fieldScript(reference: ScriptReference): (document: DocumentValues) => readonly JsonValue[] {
    const run = this.over(reference, fieldContext)
    return (document) => {
      const value = plainNumbers(run(document))
      return Array.isArray(value) ? (value as readonly JsonValue[]) : [value]
    }
  }

  /** A script that is run over documents and makes no field. @throws ElkhornError `script_exception` (400) */
  over(reference: ScriptReference, context: ScriptContext<DocumentScript>): (document: DocumentValues) => unknown {
    const script = this.#scripts.compile(reference, context)
    const view = this.view()
    const { doc } = view
    const params = this.#showsSource ? view.withSource(script.params) : script.params
    return (document) => {
      view.show(document)
      return script.run({ params, doc, _score: document.score, _value: null, emitted: [] })
    }
  }

  /** What scripts see of documents. */
  view(): DocumentView {
    return new DocumentView((path) => this.#seen(path))
  }

  /** What a script reads of documents. @throws ElkhornError `script_exception` (400); 400 for a source that is not shown */
  readsOf(reference: ScriptReference, context: ScriptContext<unknown>): DocumentReads {
    const { paths, score, source } = scriptReads(this.#syntax(reference, context), reference.params)
    if (source) this.#checkSource()
    const reads = paths?.map((path) => this.#seen(path)).filter((field) => field !== undefined)
    return { reads, readsScore: score, readsSource: source }
  }

  /** Whether a script does anything for a document, where engines can tell: true of all that it may do something for. */
  guardOf(reference: ScriptReference, context: ScriptContext<unknown>): Computation | undefined {
    const guard = guardOf(this.#syntax(reference, context))
    if (guard === undefined) return undefined
    const { paths, score, source } = scriptReads(guard, {})
    const reads = paths?.map((path) => this.#seen(path)).filter((field) => field !== undefined)
    if (score || source || paths === undefined || paths.length !== reads?.length || reads.some(isMetadata)) return undefined
    const find = (path: string): Field | undefined => this.#seen(path)
    const expression = foldScript(guard, { find, params: {}, emits: false, returns: 'boolean' })
    // The script itself decides where the engine is in doubt, and fails where the condition does.
    const open = (): ComputeValues => () => TRUE
    return expression && { reads, readsScore: false, readsSource: false, isScore: false, expression, open }
  }

  /** @throws ElkhornError `script_exception` (400) */
  #syntax(reference: ScriptReference, context: ScriptContext<unknown>): Script {
    this.#scripts.compile(reference, context) // tells what is wrong with it, and where
    return parseScript(this.#scripts.painlessOf(reference, context))
  }

  #computation({ reference, context, type, of, scoreOf }: ComputedScript, own: string): Computation {
    const compiled = this.#scripts.compile(reference, context)
    const script = parseScript(this.#scripts.painlessOf(reference, context))
    const { paths, score, source } = scriptReads(script, compiled.params)
    const find = (path: string): Field | undefined => {
      if (path === own) throw illegalArgument(`Cyclic dependency detected while resolving runtime fields: ${own} -> ${own}`)
      return this.#seen(path)
    }
    const reads = paths?.map(find).filter((field) => field !== undefined)
    const returns = EXPRESSION_TYPES[type]
    const knowsAll = paths !== undefined && paths.length === reads?.length && !reads.some(isMetadata)
    const isPossible = returns !== undefined && !source && knowsAll
    const ownType = of && ownTypeOf(of)
    const expression =
      isPossible && (of === undefined || ownType !== undefined)
        ? foldScript(script, {
            find,
            params: compiled.params,
            emits: context.returns === 'void',
            returns,
            ...(ownType === undefined ? {} : { own: ownType }),
          })
        : undefined
    return {
      reads: reads && of ? [...reads, of] : reads,
      readsScore: score,
      readsSource: source,
      isScore: scoreOf !== undefined,
      expression,
      ...(of === undefined ? {} : { of }),
      open: () => runner(compiled, { emits: context.returns === 'void', type, of, find, source, scoreOf }),
    }
  }
}

interface ComputedFieldsOptions {
  readonly indexName?: string | undefined
  /** Whether scripts may see documents whole, beyond the mapped fields. */
  readonly showsSource?: boolean
  readonly nested?: { readonly scope: ScopePath; readonly documents: ComputedFields }
}

/** @throws ElkhornError (400) for what scripts see of documents alone */
function checkNested({ readsScore, readsSource }: Computation, scope: ScopePath): void {
  const missing = readsScore ? '_score' : readsSource ? 'params._source' : undefined
  if (missing !== undefined)
    throw illegalArgument(`[${missing}] is not there in scripts over the nested objects of [${scope}]; use [doc]`)
}

/** No path of a mapping begins so: names in mappings are not empty between dots. */
const SCRIPT_PREFIX = '.script.'

/** Adds a script to every index of a request, under the same name. */
export function addScript(script: ComputedScript, all: readonly ComputedFields[]): string {
  const path = unusedPath(all)
  for (const fields of all) fields.add(path, script)
  return path
}

/** The same for what is computed without a script, for each index in its own way. */
export function addComputation(
  type: FieldType,
  all: readonly { readonly fields: ComputedFields; readonly computation: Computation }[],
): string {
  const path = unusedPath(all.map(({ fields }) => fields))
  for (const { fields, computation } of all) fields.addComputation(path, { type }, computation)
  return path
}

const unusedPath = (all: readonly ComputedFields[]): string => SCRIPT_PREFIX + Math.max(0, ...all.map(({ count }) => count))

const EXPRESSION_TYPES: Readonly<Partial<Record<FieldType, ExpressionType>>> = {
  keyword: 'string',
  date: 'date',
  long: 'long',
  double: 'double',
  boolean: 'boolean',
}

interface RunnerOptions {
  readonly emits: boolean
  readonly type: FieldType
  readonly of: Field | undefined
  readonly source: boolean
  readonly scoreOf: ComputedScript['scoreOf']
  find(path: string): Field | undefined
}

/** The script with a `doc` of its own. */
function runner(
  script: DocumentScript,
  { emits, type, of, source: readsSource, scoreOf, ...options }: RunnerOptions,
): ComputeValues {
  const { params } = script
  const view = new DocumentView((path) => options.find(path))
  const emitted: Value[] = []
  const bindings: SearchBindings = {
    params: readsSource ? view.withSource(params) : params,
    doc: view.doc,
    _score: 0,
    _value: null,
    emitted,
  }
  const once = (): readonly FieldValue[] => {
    if (scoreOf) return [checkedScore(Number(script.run(bindings)), scoreOf)]
    if (!emits) return fieldValuesOf(script.run(bindings), type)
    emitted.length = 0
    script.run(bindings)
    return emitted.length === 0 ? NOTHING : emitted.flatMap((value) => fieldValuesOf(value, type))
  }
  return (document) => {
    view.show(document)
    bindings._score = document.score
    if (!of) return once()
    return document.values(of).flatMap((value) => {
      bindings._value = boxed(value, of.type)
      return once()
    })
  }
}

const NOTHING: readonly FieldValue[] = []
const TRUE: readonly FieldValue[] = [true]

/** @throws ElkhornError 400 */
function checkedScore(score: number, scoreOf: 'query' | 'function'): number {
  if (score >= 0) return score
  throw illegalArgument(
    scoreOf === 'query'
      ? `script_score script returned an invalid score [${printDouble(score)}]. Must be a non-negative score!`
      : `script score function must not produce negative scores, but got: [${printDouble(score)}]`,
  )
}

function boxed(value: FieldValue, type: FieldType): Value {
  if (typeof value === 'bigint') return boxLong(value)
  if (typeof value !== 'number') return value
  const isDouble = type === 'double' || type === 'float' || type === 'half_float' || type === 'scaled_float'
  return isDouble ? boxDouble(value) : boxLong(value)
}

/** What a script answers, as JSON's values, which have no number that is whole and yet a double. */
export function plainNumbers(value: unknown): JsonValue {
  if (value instanceof Float) return doubleJson(value.value)
  // As Elasticsearch's JSON has them.
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (Array.isArray(value)) return value.map(plainNumbers)
  if (typeof value !== 'object' || value === null) return value as JsonValue
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plainNumbers(member)]))
}
