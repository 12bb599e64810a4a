import { ElkhornError, illegalArgument } from '../core/errors.ts'
import { printJson } from '../core/print-json.ts'

/** A script as requests name it: its text, or the id of a stored one. */
export interface ScriptReference {
  readonly source?: string
  readonly id?: string
  /** `painless`, `expression`, `mustache`. A stored script brings its own. */
  readonly lang: string
  readonly params: Readonly<Record<string, unknown>>
}

/**
 * Reads `script` of a request: a text, or an object with `source` or `id`, `lang` and `params`.
 * @throws ElkhornError 400 naming the member
 */
export function parseScriptReference(value: unknown): ScriptReference {
  if (typeof value === 'string') return { source: value, lang: 'painless', params: {} }
  if (!isObject(value)) throw parsing(`unexpected token [${value === null ? 'VALUE_NULL' : 'START_ARRAY'}] for [script]`)
  for (const key of Object.keys(value)) {
    if (!['source', 'inline', 'id', 'lang', 'params', 'options'].includes(key)) throw parsing(`[script] unknown field [${key}]`)
  }
  const { source, inline, id, lang, params } = value
  const text = source ?? inline
  if (text === undefined && id === undefined)
    throw illegalArgument('must specify either [source] for an inline script or [id] for a stored script')
  if (text !== undefined && id !== undefined) throw illegalArgument('cannot specify both [source] and [id] for a script')
  if (lang !== undefined && lang !== null && typeof lang !== 'string') throw parsing('[script] lang must be a string')
  if (params !== undefined && params !== null && !isObject(params)) throw parsing('[script] params must be an object')
  if (id !== undefined) {
    if (typeof id !== 'string') throw parsing('[script] id must be a string')
    if (lang !== undefined && lang !== null) throw illegalArgument('illegally specified [lang] for a stored script')
    return { id, lang: 'painless', params: params ?? {} }
  }
  return {
    source: typeof text === 'string' ? text : printJson(text),
    lang: lang ?? 'painless',
    params: params ?? {},
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const parsing = (reason: string): ElkhornError => new ElkhornError('x_content_parse_exception', 400, `[1:1] ${reason}`)
