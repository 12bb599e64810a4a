import { float } from '../../../core/float.ts'
import { integer } from '../numbers.ts'
import { toText } from '../semantics.ts'
import { RHash, RRange, RRegexp, RString, RSymbol, type Value } from '../value.ts'
import type { Code, Compile, Node, NodeCompilers, Scope } from './code.ts'

const constant =
  (value: Value): Code =>
  () =>
    value

/** The pieces of an interpolated text, joined. */
export function interpolated(parts: readonly Node[], scope: Scope, compile: Compile): (frame: Parameters<Code>[0]) => string {
  const pieces = parts.map((part) => compile(part, scope))
  return (frame) => {
    let text = ''
    for (const piece of pieces) {
      const value = piece(frame)
      text += value instanceof RString ? value.value : toText(frame.machine.send(value, 'to_s'))
    }
    frame.machine.allocate(text.length)
    return text
  }
}

/** The parser hands over large numbers cut to 32 bits: they are read from the text. */
function wholeLiteral(source: string, location: { readonly startOffset: number; readonly length: number }): number | bigint {
  const written = Buffer.from(source)
    .subarray(location.startOffset, location.startOffset + location.length)
    .toString()
    .replaceAll('_', '')
    .toLowerCase()
  const negative = written.startsWith('-')
  const digits = written
    .replace(/^[+-]/, '')
    .replace(/^0d/, '')
    .replace(/^0(?=[0-7])/, '0o')
  const value = BigInt(digits)
  return integer(negative ? -value : value)
}

interface RegexpNode {
  isIgnoreCase(): boolean
  isExtended(): boolean
  isMultiLine(): boolean
}

const regexpFlags = (node: RegexpNode) => ({
  ignoreCase: node.isIgnoreCase(),
  extended: node.isExtended(),
  dotAll: node.isMultiLine(),
})

export const literals: NodeCompilers = {
  NilNode: () => constant(null),
  TrueNode: () => constant(true),
  FalseNode: () => constant(false),
  SelfNode: () => (frame) => frame.machine.self,
  IntegerNode: (node, scope) => constant(wholeLiteral(scope.source, node.location)),
  FloatNode: (node) => constant(float(node.value)),
  RationalNode: (node) => constant(float(node.numerator / node.denominator)),
  StringNode: (node) => {
    const { value } = node.unescaped
    return () => new RString(value)
  },
  SymbolNode: (node) => constant(new RSymbol(node.unescaped.value)),
  InterpolatedStringNode: (node, scope, compile) => {
    const text = interpolated(node.parts, scope, compile)
    return (frame) => new RString(text(frame))
  },
  InterpolatedSymbolNode: (node, scope, compile) => {
    const text = interpolated(node.parts, scope, compile)
    return (frame) => new RSymbol(text(frame))
  },
  EmbeddedStatementsNode: (node, scope, compile) => (node.statements === null ? constant(null) : compile(node.statements, scope)),
  EmbeddedVariableNode: (node, scope, compile) => compile(node.variable, scope),
  RegularExpressionNode: (node) => {
    let compiled: RRegexp | undefined
    return (frame) => (compiled ??= frame.machine.options.regexp(node.unescaped.value, regexpFlags(node)))
  },
  InterpolatedRegularExpressionNode: (node, scope, compile) => {
    const pieces = node.parts.map((part) => compile(part, scope))
    let last: { readonly source: string; readonly regexp: RRegexp } | undefined
    return (frame) => {
      let source = ''
      for (const piece of pieces) {
        const value = piece(frame)
        source += value instanceof RRegexp ? `(?:${value.regexp.source})` : toText(value)
      }
      if (last?.source !== source) last = { source, regexp: frame.machine.options.regexp(source, regexpFlags(node)) }
      return last.regexp
    }
  },
  ArrayNode: (node, scope, compile) => {
    const items = compileItems(node.elements, scope, compile)
    return (frame) => {
      const list = items(frame)
      frame.machine.allocateElements(list.length)
      return list
    }
  },
  HashNode: (node, scope, compile) => compileHash(node.elements, scope, compile),
  KeywordHashNode: (node, scope, compile) => compileHash(node.elements, scope, compile),
  RangeNode: (node, scope, compile) => {
    const left = node.left === null ? constant(null) : compile(node.left, scope)
    const right = node.right === null ? constant(null) : compile(node.right, scope)
    const exclusive = node.isExcludeEnd()
    return (frame) => new RRange(left(frame), right(frame), exclusive)
  },
  SourceFileNode: () => () => new RString('(ruby filter code)'),
  SourceLineNode: () => constant(0),
  SourceEncodingNode: () => () => new RString('UTF-8'),
}

/** Elements of a list or arguments of a call, with `*splats` put in. */
export function compileItems(nodes: readonly Node[], scope: Scope, compile: Compile): (frame: Parameters<Code>[0]) => Value[] {
  const items = nodes.map((node) => {
    const expression =
      node.constructor.name === 'SplatNode' ? (node as unknown as { expression: Node | null }).expression : undefined
    return { splat: expression !== undefined, code: compile(expression ?? node, scope) }
  })
  if (items.every(({ splat }) => !splat)) {
    const codes = items.map(({ code }) => code)
    return (frame) => codes.map((code) => code(frame))
  }
  return (frame) =>
    items.flatMap(({ splat, code }) => {
      const value = code(frame)
      if (!splat) return [value]
      if (Array.isArray(value)) return value
      return value === null ? [] : value instanceof RHash || value instanceof RRange ? frame.machine.send(value, 'to_a') : [value]
    })
}

function compileHash(nodes: readonly Node[], scope: Scope, compile: Compile): Code {
  const entries = nodes.map((node) => {
    // An `AssocSplatNode` has no key.
    const { key, value } = node as unknown as { key?: Node; value: Node | null }
    return {
      key: key === undefined ? undefined : compile(key, scope),
      value: value === null ? constant(null) : compile(value, scope),
    }
  })
  return (frame) => {
    const hash = new RHash()
    frame.machine.allocateElements(entries.length)
    for (const { key, value } of entries) {
      const one = value(frame)
      if (key !== undefined) hash.set(key(frame), one)
      // `**other`
      else if (one instanceof RHash) for (const [name, more] of one.pairs()) hash.set(name, more)
    }
    return hash
  }
}
