import { isFields, type FieldValue, type Fields } from '../../core/event.ts'
import { fieldText } from '../../core/event-json.ts'

/** The texts at a path of a document, read with attributes as `@name` and text as `#text`. */
export type XpathFinder = (document: Fields) => string[]

type Node = FieldValue

interface Step {
  readonly axis: 'child' | 'descendant'
  readonly name: string
  /** 1 for the first, or an attribute or element with a value. */
  readonly filter: ((node: Node, place: number, count: number) => boolean) | undefined
}

/**
 * Compiles the part of XPath that files use: `/a/b`, `//b`, `*`, `@attribute`, `text()`, `[1]`, `[last()]`,
 * `[@name="value"]`, `[name="value"]`.
 * @throws Error naming what cannot be read
 */
export function compileXpath(path: string): XpathFinder {
  const steps: Step[] = []
  const pattern = /(\/{0,2})(@?[\w:.*-]+(?:\(\))?)((?:\[[^\]]*\])*)/y
  while (pattern.lastIndex < path.length) {
    const at = pattern.lastIndex
    const match = pattern.exec(path)
    if (match === null) throw new Error(`the path [${path}] cannot be read at [${path.slice(at)}]`)
    const [, slashes = '', name = '', filters = ''] = match
    const tests = [...filters.matchAll(/\[([^\]]*)\]/g)].map(([, text = '']) => compileFilter(text, path))
    steps.push({
      axis: slashes === '//' || (at === 0 && slashes === '') ? 'descendant' : 'child',
      name: name === 'text()' ? '#text' : name,
      filter: tests.length === 0 ? undefined : (node, place, count) => tests.every((test) => test(node, place, count)),
    })
  }
  return (document) => {
    let nodes: Node[] = [document]
    for (const step of steps) nodes = nodes.flatMap((node) => take(node, step))
    return nodes.map(nodeText)
  }
}

function compileFilter(text: string, path: string): NonNullable<Step['filter']> {
  if (/^\d+$/.test(text)) return (_node, place) => place === Number(text)
  if (text === 'last()') return (_node, place, count) => place === count
  const match = /^(@?[\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')$/.exec(text)
  if (match === null) throw new Error(`the path [${path}] holds [${text}]: expected a number, last() or name="value"`)
  const [, name = '', double, single] = match
  const wanted = double ?? single ?? ''
  return (node) => isFields(node) && list(node[name]).some((one) => nodeText(one) === wanted)
}

function take(node: Node, step: Step): Node[] {
  const found = step.axis === 'child' ? named(node, step.name) : everywhere(node, step.name)
  const { filter } = step
  return filter === undefined ? found : found.filter((one, place) => filter(one, place + 1, found.length))
}

function named(node: Node, name: string): Node[] {
  if (name === '#text') return isFields(node) ? list(node['#text']) : [node]
  if (!isFields(node)) return []
  if (name === '*') return Object.entries(node).flatMap(([key, value]) => (/^[@#]/.test(key) ? [] : list(value)))
  return Object.hasOwn(node, name) ? list(node[name]) : []
}

function everywhere(node: Node, name: string): Node[] {
  const below = isFields(node) ? Object.entries(node).flatMap(([key, value]) => (/^[@#]/.test(key) ? [] : list(value))) : []
  return [...named(node, name), ...below.flatMap((one) => everywhere(one, name))]
}

const list = (value: FieldValue | undefined): Node[] => (value === undefined ? [] : Array.isArray(value) ? value : [value])

function nodeText(node: Node): string {
  if (isFields(node)) {
    return Object.entries(node)
      .map(([key, value]) => (key.startsWith('@') ? '' : list(value).map(nodeText).join('')))
      .join('')
  }
  return node === null ? '' : fieldText(node)
}
