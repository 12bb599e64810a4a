import { Float } from '../core/float.ts'
import type { PluginStatement, Position, Value } from './language/ast.ts'

const NOWHERE: Position = { file: 'example', line: 1, column: 1 }

/** A plug-in with plain values, as a pipeline file would write it: for examples and for pipelines that come as JSON. */
export function plainStatement(name: string, options: Readonly<Record<string, unknown>>): PluginStatement {
  return {
    kind: 'plugin',
    name,
    position: NOWHERE,
    options: Object.entries(options).map(([option, value]) => ({ name: option, value: valueOf(value), position: NOWHERE })),
  }
}

function valueOf(value: unknown): Value {
  if (Array.isArray(value)) return { kind: 'array', items: value.map(valueOf), position: NOWHERE }
  if (value instanceof Float) return { kind: 'number', value, text: value.value.toFixed(1), position: NOWHERE }
  if (typeof value === 'number') return { kind: 'number', value, text: String(value), position: NOWHERE }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, entry]) => ({ key, value: valueOf(entry), position: NOWHERE }))
    return { kind: 'hash', entries, position: NOWHERE }
  }
  return { kind: 'string', text: String(value), quote: typeof value === 'string' ? '"' : 'none', position: NOWHERE }
}
