import { ElkhornError } from '../../core/errors.ts'
import { Float } from '../../core/float.ts'
import { printValue } from '../../core/event-json.ts'
import { toJson } from '../painless/values/json.ts'
import { textOf } from '../painless/values/text.ts'
import type { TemplateNode } from './parse.ts'

/** How values are made safe where they stand: within a JSON string, or not at all. */
export type Escaping = 'json' | 'none'

/** Characters that one rendering may make. */
const MAX_LENGTH = 10_000_000
/** Nodes that one rendering may visit. */
const MAX_STEPS = 200_000

type Scopes = readonly unknown[]

/** @throws ElkhornError `general_script_exception` (400) where the result would be too large */
export function renderTemplate(nodes: readonly TemplateNode[], values: unknown, escaping: Escaping): string {
  const renderer = new Renderer(escaping)
  renderer.render(nodes, [values])
  return renderer.text
}

class Renderer {
  readonly #escaping: Escaping
  #steps = 0
  text = ''

  constructor(escaping: Escaping) {
    this.#escaping = escaping
  }

  render(nodes: readonly TemplateNode[], scopes: Scopes): void {
    for (const node of nodes) {
      this.#steps += 1
      if (this.#steps > MAX_STEPS || this.text.length > MAX_LENGTH) {
        throw new ElkhornError('general_script_exception', 400, `the template makes more than [${MAX_LENGTH}] characters`)
      }
      if (node.kind === 'text') this.text += node.text
      else if (node.kind === 'value') this.#value(node.name, node.escaped, scopes)
      else this.#section(node, scopes)
    }
  }

  #value(name: string, escaped: boolean, scopes: Scopes): void {
    const value = lookUp(name, scopes)
    if (value === undefined || value === null) return
    const text = textOf(value)
    this.text += escaped && this.#escaping === 'json' ? JSON.stringify(text).slice(1, -1) : text
  }

  #section({ name, inverted, children }: TemplateNode & { kind: 'section' }, scopes: Scopes): void {
    const made = inverted ? undefined : this.#function(name, children, scopes)
    if (made !== undefined) {
      this.text += made
      return
    }
    const value = lookUp(name, scopes)
    const isEmpty =
      value === undefined || value === null || value === false || value === '' || (Array.isArray(value) && value.length === 0)
    if (inverted) {
      if (isEmpty) this.render(children, scopes)
      return
    }
    if (isEmpty) return
    if (Array.isArray(value)) for (const item of value as readonly unknown[]) this.render(children, [...scopes, item])
    else this.render(children, [...scopes, value])
  }

  /** Elasticsearch's own functions: `toJson`, `join` and `url`. */
  #function(name: string, children: readonly TemplateNode[], scopes: Scopes): string | undefined {
    const join = /^join(?:\s+delimiter='([^']*)')?$/.exec(name)
    if (name !== 'toJson' && name !== 'url' && !join) return undefined
    const inner = new Renderer('none')
    inner.render(children, scopes)
    if (name === 'url') return encodeURIComponent(inner.text)
    const [node] = children
    const path = children.length === 1 && node?.kind === 'text' ? node.text.trim() : inner.text.trim()
    const value = lookUp(path, scopes)
    if (name === 'toJson') return value === undefined ? '' : printValue(toJson(value) as never)
    if (!Array.isArray(value))
      throw new ElkhornError('general_script_exception', 400, `[join] needs a list, but [${path}] is none`)
    return (value as readonly unknown[]).map(textOf).join(join?.[1] ?? ',')
  }
}

/** `a.b.0.c` in the innermost scope that has `a`; `.` is that scope itself. `undefined` where it leads nowhere. */
function lookUp(name: string, scopes: Scopes): unknown {
  if (name === '.') return scopes[scopes.length - 1]
  for (let at = scopes.length - 1; at >= 0; at--) {
    // A key with dots in it is found as it is written.
    const whole = member(scopes[at], name)
    if (whole !== undefined) return whole
    const [first = '', ...rest] = name.split('.')
    let value = member(scopes[at], first)
    if (value === undefined) continue
    for (const key of rest) value = member(value, key)
    return value
  }
  return undefined
}

function member(value: unknown, key: string): unknown {
  if (Array.isArray(value)) {
    if (key === 'size') return value.length
    return /^\d+$/.test(key) ? (value as readonly unknown[])[Number(key)] : undefined
  }
  if (typeof value !== 'object' || value === null || value instanceof Float) return undefined
  return Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined
}
