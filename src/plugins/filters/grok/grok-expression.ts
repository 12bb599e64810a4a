import { compileRubyRegexp, type RubyRegexp } from '../../../script/regexp/ruby-regexp.ts'
import type { PatternLibrary } from './pattern-library.ts'

export type GrokType = 'string' | 'int' | 'float' | 'boolean'

/** A field that an expression captures: `%{INT:bytes:int}`, `(?<name>…)`. */
export interface GrokCapture {
  readonly field: string
  readonly type: GrokType
  /** Place in the groups of a match. */
  readonly group: number
}

/** A grok expression, compiled. */
export interface GrokExpression {
  readonly source: string
  readonly regexp: RubyRegexp
  readonly captures: readonly GrokCapture[]
}

export interface GrokOptions {
  /** What may stand behind a field's name, and what it means; Logstash's `int` and `float` where absent. */
  readonly types?: Readonly<Record<string, GrokType>>
  /** `%{WORD}` without a field name is captured as `WORD`. */
  readonly captureUnnamed: boolean
  /** Replaces a `%{DATA:name}` at the very end, which would capture nothing (it is lazy). */
  readonly tail?: string
}

/** A pattern uses one that is not defined, or itself. */
export class GrokPatternError extends Error {
  /** That it uses and is not defined. */
  readonly missing: string | undefined

  constructor(message: string, missing?: string) {
    super(message)
    this.missing = missing
    this.name = 'GrokPatternError'
  }
}

const REFERENCE = /%\{([A-Za-z0-9_]+)(?::([@[\]A-Za-z0-9_:.-]+))?[^}]*\}/g
const TRAILING_DATA = /%\{DATA:[^}]+\}$/
/** Name under which the pattern in place of a trailing `%{DATA:…}` is put in: no pattern file can define it. */
const TAIL = '0TAIL'
const MAX_DEPTH = 100
const MAX_LENGTH = 1_000_000

/** Whether an expression ends with a lazy `%{DATA:…}` that nothing bounds. */
export function endsWithLazyData(source: string): boolean {
  return TRAILING_DATA.test(source)
}

/**
 * Expands `%{PATTERN}` and `%{PATTERN:field:type}`, and compiles. `.` also matches a newline, as grok compiles it.
 * @throws GrokPatternError or RubyRegexpError
 */
export function compileGrok(source: string, library: PatternLibrary, options: GrokOptions): GrokExpression {
  const fields: { readonly field: string; readonly type: GrokType }[] = []
  const name = (field: string, type: GrokType): string => `grok${fields.push({ field, type }) - 1}`
  let length = 0

  const expand = (pattern: string, path: readonly string[]): string => {
    if (path.length > MAX_DEPTH)
      throw new GrokPatternError(`the pattern [${path[0]}] uses itself, by way of [${path.slice(1, 6).join('], [')}]`)
    const named = nameGroups(pattern, (field) => name(field, 'string'))
    return named.replaceAll(REFERENCE, (_whole, used: string, rest: string | undefined) => {
      const definition = used === TAIL ? options.tail : library.get(used)
      if (definition === undefined) throw new GrokPatternError(`the pattern %{${used}} is not defined`, used)
      if (path.includes(used)) throw new GrokPatternError(`the pattern %{${used}} uses itself`)
      const [field, type] = splitField(rest, options.types ?? LOGSTASH_TYPES)
      const group = field !== undefined ? name(field, type) : options.captureUnnamed ? name(used, 'string') : undefined
      const inner = expand(definition, [...path, used])
      length += inner.length
      if (length > MAX_LENGTH)
        throw new GrokPatternError(`the expression is longer than ${MAX_LENGTH} characters when its patterns are put in`)
      return group === undefined ? `(?:${inner})` : `(?<${group}>${inner})`
    })
  }

  const expression = options.tail === undefined ? source : source.replace(TRAILING_DATA, (data) => data.replace('DATA', TAIL))
  const expanded = expand(expression, [])
  const regexp = compileRubyRegexp(expanded, { dotAll: true })
  const captures = regexp.names.flatMap((group, index) => {
    const field = fields[Number(group?.slice('grok'.length) ?? NaN)]
    return field === undefined ? [] : [{ ...field, group: index }]
  })
  return { source, regexp, captures }
}

const LOGSTASH_TYPES: Readonly<Record<string, GrokType>> = { int: 'int', float: 'float' }

/** `[a][b]:int` → field and type. A type that is none changes nothing. */
function splitField(
  text: string | undefined,
  types: Readonly<Record<string, GrokType>>,
): readonly [string | undefined, GrokType] {
  const [field, type] = text?.split(':') ?? []
  return [
    field === '' ? undefined : field,
    (type !== undefined && Object.hasOwn(types, type) ? types[type] : undefined) ?? 'string',
  ]
}

/** Gives the named groups of a pattern names that any field may have, and follows back-references to them. */
function nameGroups(pattern: string, name: (field: string) => string): string {
  if (!pattern.includes('(?<') && !pattern.includes("(?'")) return pattern
  const given = new Map<string, string>()
  let inClass = false
  return pattern.replaceAll(
    /\\k<([^>]+)>|\\[^]|\[\^?\]?|\]|\(\?(?:<(?![=!])([^>]+)>|'([^']+)')/g,
    (whole, back: string | undefined, a: string | undefined, b: string | undefined) => {
      if (back !== undefined) return `\\k<${given.get(back) ?? back}>`
      if (whole.startsWith('[')) inClass = true
      else if (whole === ']') inClass = false
      const field = a ?? b
      if (field === undefined || inClass) return whole
      const group = name(field)
      given.set(field, group)
      return `(?<${group}>`
    },
  )
}
