import { isMap, isScalar, LineCounter, parseDocument, type Document, type Node, type Pair } from 'yaml'

/** One value of a configuration file under its dotted key, however it was nested. */
export interface Entry {
  readonly key: string
  /** A scalar or a list, as YAML reads it. */
  readonly value: unknown
  /** `file:line:column` or the command line argument: starts every error about this value. */
  readonly place: string
}

/**
 * Reads YAML into dotted keys: `api: { port: 1 }`, `api.port: 1` and `a.b: { c: 1 }` are all the same. Problems are
 * added to `problems`, each starting with its place.
 */
export function readYaml(text: string, file: string, problems: string[]): Entry[] {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false })
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${line}:${col}`
  }
  for (const error of document.errors) problems.push(`${at(error.pos[0])}: ${error.message}`)
  if (document.errors.length > 0 || document.contents === null) return []
  if (!isMap(document.contents)) {
    problems.push(`${at(document.contents.range[0])}: expected keys and values such as [api.port: 9200]`)
    return []
  }
  const entries: Entry[] = []
  collect(document.contents.items, '', document, at, entries)
  return entries
}

function collect(
  pairs: readonly Pair<Node, Node | null>[],
  prefix: string,
  document: Document,
  at: (offset: number) => string,
  entries: Entry[],
): void {
  for (const { key, value } of pairs) {
    const name = `${prefix}${isScalar(key) ? String(key.value) : String(key)}`
    if (isMap(value)) {
      collect(value.items as Pair<Node, Node | null>[], `${name}.`, document, at, entries)
    } else {
      entries.push({ key: name, value: value?.toJS(document) ?? null, place: at(key.range?.[0] ?? 0) })
    }
  }
}
