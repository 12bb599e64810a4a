import type { AlternativeElementNode, AlternativeNode, OnigurumaAst } from 'oniguruma-parser/parser'
import { costModel, type CostModel } from './cost.ts'
import { isUnbounded } from './tree.ts'

const MAX_LITERALS = 3

export interface PatternAnalysis {
  /** Texts that every match holds, longest first: a line without one of them cannot match. */
  readonly requiredLiterals: readonly string[]
  /** A capture within a repetition may be absent from its last round: JavaScript forgets it then, Ruby does not. */
  readonly keepsRepeatedCaptures: boolean
  readonly cost: CostModel
}

/** Looks at the tree of a Ruby regular expression. */
export function analyzePattern(ast: OnigurumaAst): PatternAnalysis {
  return {
    requiredLiterals: requiredLiterals(ast),
    keepsRepeatedCaptures: ast.body.some((alternative) =>
      alternative.body.some((node) => hasForgottenCapture(node, false, false)),
    ),
    cost: costModel(ast),
  }
}

/** Elements that may be absent lie within an alternation or an optional repetition. */
function hasForgottenCapture(node: AlternativeElementNode, repeated: boolean, optional: boolean): boolean {
  switch (node.type) {
    case 'CapturingGroup':
      if (repeated && optional) return true
      break
    case 'Quantifier': {
      const again = isUnbounded(node) || node.max > 1
      // What is optional before the repetition begins is optional as a whole: all its rounds or none.
      if (again && !repeated) return hasForgottenCapture(node.body, true, false)
      return hasForgottenCapture(node.body, repeated || again, optional || node.min === 0)
    }
    case 'Group':
      break
    default:
      return false
  }
  return node.body.some((alternative) =>
    alternative.body.some((inner) => hasForgottenCapture(inner, repeated, optional || node.body.length > 1)),
  )
}

function requiredLiterals(ast: OnigurumaAst): string[] {
  if (ast.body.length !== 1 || ignoresCase(ast)) return []
  const runs: string[] = []
  let run = ''
  const end = (): void => {
    if (run !== '') runs.push(run)
    run = ''
  }
  const visit = (alternative: AlternativeNode): void => {
    for (const node of alternative.body) {
      switch (node.type) {
        case 'Character':
          run += String.fromCodePoint(node.value)
          break
        case 'Assertion':
        case 'LookaroundAssertion':
          break
        case 'CapturingGroup':
        case 'Group':
          if (node.body.length === 1 && node.body[0] !== undefined) visit(node.body[0])
          else end()
          break
        case 'Quantifier': {
          end()
          const { body } = node
          if (
            node.min > 0 &&
            (body.type === 'Group' || body.type === 'CapturingGroup') &&
            body.body.length === 1 &&
            body.body[0]
          ) {
            visit(body.body[0])
          } else if (node.min > 0 && body.type === 'Character')
            run = String.fromCodePoint(body.value).repeat(Math.min(node.min, 8))
          end()
          break
        }
        default:
          end()
      }
    }
  }
  if (ast.body[0] !== undefined) visit(ast.body[0])
  end()
  // A single letter or digit stands in nearly every line: not worth a look.
  const useful = [...new Set(runs)].filter((text) => text.length > 1 || !/[\w .]/.test(text))
  return useful.sort((a, b) => b.length - a.length).slice(0, MAX_LITERALS)
}

function ignoresCase(ast: OnigurumaAst): boolean {
  return ast.flags.ignoreCase || JSON.stringify(ast.body).includes('"ignoreCase":true')
}
