import type { AlternativeElementNode, AlternativeNode, OnigurumaAst, QuantifierNode } from 'oniguruma-parser/parser'
import { ALL_CHARACTERS, setOfNode, type CharacterSet } from './character-set.ts'

/** What an element may begin with. Too large where it cannot be told. */
export function firstSet(node: AlternativeElementNode): CharacterSet {
  switch (node.type) {
    case 'Character':
    case 'CharacterClass':
    case 'CharacterSet':
      return setOfNode(node)
    case 'Quantifier':
      return firstSet(node.body)
    case 'Group':
    case 'CapturingGroup':
      return node.body.reduce((set, { body }) => set | firstSetOfSequence(body, 0n), 0n)
    case 'Assertion':
    case 'Directive':
    case 'LookaroundAssertion':
    case 'NamedCallout':
      return 0n
    default:
      return ALL_CHARACTERS
  }
}

/** What a sequence may begin with, when `after` follows it. */
export function firstSetOfSequence(nodes: readonly AlternativeElementNode[], after: CharacterSet): CharacterSet {
  let set = 0n
  for (const node of nodes) {
    set |= firstSet(node)
    if (!canBeEmpty(node)) return set
  }
  return set | after
}

/** Every character that an element may match anywhere within it. */
export function anySet(node: AlternativeElementNode): CharacterSet {
  switch (node.type) {
    case 'Quantifier':
      return anySet(node.body)
    case 'Group':
    case 'CapturingGroup':
      return node.body.reduce((set, { body }) => body.reduce((inner, element) => inner | anySet(element), set), 0n)
    default:
      return firstSet(node)
  }
}

export function canBeEmpty(node: AlternativeElementNode): boolean {
  switch (node.type) {
    case 'Character':
    case 'CharacterClass':
    case 'CharacterSet':
      return false
    case 'Quantifier':
      return node.min === 0 || canBeEmpty(node.body)
    case 'Group':
    case 'CapturingGroup':
      return node.body.some(({ body }) => body.every(canBeEmpty))
    default:
      return true
  }
}

/**
 * Takes apart what only wastes time: `(?:x+)+` is `x+`, and takes exponential time. Changes the tree in place; groups that
 * capture stay.
 */
export function flattenRepeats(ast: OnigurumaAst): OnigurumaAst {
  const visitAll = (alternatives: readonly AlternativeNode[]): void => {
    for (const alternative of alternatives) alternative.body = alternative.body.map(visit)
  }
  const visit = (node: AlternativeElementNode): AlternativeElementNode => {
    if (node.type === 'Quantifier') {
      visit(node.body)
      return flattened(node)
    }
    if (node.type === 'Group' || node.type === 'CapturingGroup' || node.type === 'LookaroundAssertion') visitAll(node.body)
    return node
  }
  visitAll(ast.body)
  return ast
}

function flattened(outer: QuantifierNode): QuantifierNode {
  const { body } = outer
  if (body.type !== 'Group' || body.atomic === true || body.flags !== undefined || body.body.length !== 1) return outer
  const elements = body.body[0]?.body ?? []
  const inner = elements[0]
  if (elements.length !== 1 || inner?.type !== 'Quantifier') return outer
  const same = outer.kind === inner.kind && outer.kind !== 'possessive'
  const unbounded = isUnbounded(outer) && isUnbounded(inner) && outer.min <= 1 && inner.min <= 1
  return same && unbounded ? { ...inner, min: Math.min(outer.min, inner.min) } : outer
}

/** The parser says `null` where its types say `number`. */
export function isUnbounded(node: QuantifierNode): boolean {
  return (node.max as number | null) === null || node.max === Infinity
}
