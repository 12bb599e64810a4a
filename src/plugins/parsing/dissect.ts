/**
 * Patterns of `dissect`: fields between fixed texts, read without a regular expression.
 *
 * `%{name}` takes what stands before the next text; `%{}` and `%{?name}` take it and forget it; `%{+name}` appends to
 * `name`, `%{+name/2}` in the order of the numbers; `%{name->}` also takes the delimiters that follow once more;
 * `%{?key} … %{&key}` and `%{*key} … %{&key}` name a field by a value.
 */
export interface DissectPattern {
  /** Names and values in the order of the pattern, `undefined` where the text does not fit. */
  dissect(text: string): ReadonlyMap<string, string> | undefined
}

export class DissectPatternError extends Error {
  constructor(pattern: string, reason: string) {
    super(`the dissect pattern [${pattern}] ${reason}`)
    this.name = 'DissectPatternError'
  }
}

type KeyKind = 'value' | 'skip' | 'append' | 'name' | 'value of a name'

interface Key {
  readonly kind: KeyKind
  readonly name: string
  readonly order: number
  readonly padded: boolean
  /** What ends the value; empty at the end of the pattern. */
  readonly delimiter: string
}

const KEY = /^([+?&*]?)([^/]*?)(?:\/(\d+))?(->)?$/

/**
 * @param appendSeparator what stands between appended values; the delimiter before the value when absent, as in Logstash
 * @throws DissectPatternError
 */
export function compileDissect(pattern: string, appendSeparator?: string): DissectPattern {
  const parts = pattern.split(/%\{([^}]*)\}/)
  const prefix = parts[0] ?? ''
  if (parts.length < 3) throw new DissectPatternError(pattern, 'names no field: write it as %{field}')
  const keys: Key[] = []
  for (let i = 1; i < parts.length; i += 2) {
    const written = parts[i] ?? ''
    const match = KEY.exec(written)
    if (match === null) throw new DissectPatternError(pattern, `has a field [%{${written}}] that cannot be read`)
    const [, sign = '', name = '', order] = match
    const delimiter = parts[i + 1] ?? ''
    if (delimiter === '' && i + 2 < parts.length) {
      throw new DissectPatternError(pattern, `has nothing between [%{${written}}] and the next field: what ends it is unknown`)
    }
    keys.push({
      kind: kindOf(sign, name),
      name,
      order: order === undefined ? 0 : Number(order),
      padded: match[4] !== undefined,
      delimiter,
    })
  }
  checkReferences(pattern, keys)
  return { dissect: (text) => dissect(text, prefix, keys, appendSeparator) }
}

function kindOf(sign: string, name: string): KeyKind {
  if (name === '') return 'skip'
  return sign === '+' ? 'append' : sign === '?' ? 'skip' : sign === '*' ? 'name' : sign === '&' ? 'value of a name' : 'value'
}

function checkReferences(pattern: string, keys: readonly Key[]): void {
  const names = new Set(keys.filter(({ kind }) => kind === 'name' || kind === 'skip').map(({ name }) => name))
  const lost = keys.find(({ kind, name }) => kind === 'value of a name' && !names.has(name))
  if (lost !== undefined)
    throw new DissectPatternError(pattern, `has %{&${lost.name}}, but no %{?${lost.name}} that says the name of the field`)
}

interface Found {
  readonly key: Key
  readonly value: string
  readonly before: string
}

function dissect(
  text: string,
  prefix: string,
  keys: readonly Key[],
  appendSeparator: string | undefined,
): ReadonlyMap<string, string> | undefined {
  if (!text.startsWith(prefix)) return undefined
  const found: Found[] = []
  let at = prefix.length
  let before = prefix
  for (const key of keys) {
    const end = key.delimiter === '' ? text.length : text.indexOf(key.delimiter, at)
    if (end < 0) return undefined
    found.push({ key, value: text.slice(at, end), before })
    at = end + key.delimiter.length
    if (key.padded && key.delimiter !== '') while (text.startsWith(key.delimiter, at)) at += key.delimiter.length
    before = key.delimiter
  }
  return collect(found, appendSeparator)
}

function collect(found: readonly Found[], appendSeparator: string | undefined): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  const names = new Map(
    found.filter(({ key }) => key.kind === 'name' || key.kind === 'skip').map(({ key, value }) => [key.name, value]),
  )
  for (const { key, value } of found) {
    if (key.kind === 'value') values.set(key.name, value)
    else if (key.kind === 'value of a name') values.set(names.get(key.name) ?? '', value)
  }
  const appended = new Set(found.filter(({ key }) => key.kind === 'append').map(({ key }) => key.name))
  for (const name of appended) {
    const pieces = found
      .filter(({ key }) => key.name === name && (key.kind === 'append' || key.kind === 'value'))
      .map((piece, index) => ({ ...piece, index }))
      .toSorted((a, b) => a.key.order - b.key.order || a.index - b.index)
    const between = ({ key, before }: Found): string => appendSeparator ?? (before === '' ? key.delimiter : before)
    values.set(name, pieces.map((piece, i) => (i === 0 ? piece.value : between(piece) + piece.value)).join(''))
  }
  return values
}
