import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { parseEventJson, printFields } from '../../core/event-json.ts'
import type { Fields } from '../../core/event.ts'
import type { Timestamp } from '../../core/timestamp.ts'
import type { EpochMillis } from '../../core/time.ts'
import { updateContext } from '../../script/painless/contexts/document-scripts.ts'
import type { ScriptReference } from '../../script/script-request.ts'
import type { Scripts } from '../../script/scripts.ts'

/** What a script may know of a document besides its source. */
export interface ScriptedDocument {
  readonly index: string
  readonly id: string
  readonly version?: number
  readonly routing?: string | undefined
  readonly source: Uint8Array
}

/** What a script made of a document. */
export interface ScriptedChange {
  /** `ctx.op` afterwards: `index`, `create`, `delete`, `none`, `noop` or whatever was written there. */
  readonly op: string
  readonly source: Uint8Array
  /** Members of `ctx` beside `op`, `_source` and `_now`, as they are now. */
  readonly metadata: Readonly<Record<string, unknown>>
}

type RunScript = (ctx: Record<string, unknown>) => Record<string, unknown>

/** A script that changes documents. @throws ElkhornError `illegal_argument_exception` around what is wrong with it */
export function compileDocumentScript(scripts: Scripts, reference: ScriptReference): RunScript {
  return scripts.compile(reference, updateContext)
}

/** Runs a script on a document; `op` is what would happen without the script. */
export function changeByScript(
  run: RunScript,
  document: ScriptedDocument,
  { op, now }: { readonly op: string; readonly now: EpochMillis },
): ScriptedChange {
  const { index, id, version, routing, source } = document
  const ctx = run({
    _index: index,
    _type: '_doc',
    _id: id,
    ...(version === undefined ? {} : { _version: version }),
    _routing: routing ?? null,
    _now: now,
    op,
    _source: parseEventJson(textOf(source)),
  })
  const { op: made, _source, _now, _type, ...metadata } = ctx
  return { op: typeof made === 'string' ? made : String(made), source: printSource(_source), metadata }
}

function printSource(source: unknown): Uint8Array {
  if (typeof source !== 'object' || source === null || Array.isArray(source)) {
    throw illegalArgument(`[_source] has to stay an object, but the script made it [${String(source)}]`)
  }
  return Buffer.from(printFields(source as Fields & { '@timestamp'?: Timestamp }), 'utf8')
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')

/** `_update` says that its script failed, with the script's own error inside. */
export function scriptFailed(error: unknown): ElkhornError {
  if (!(error instanceof ElkhornError)) throw error
  return illegalArgument('failed to execute script', error)
}
