import { unreachable } from '../../core/errors.ts'
import { Float } from '../../core/float.ts'
import type { Condition, Operand } from '../../script/condition.ts'
import type { PipelineDefinition, Statement, Value } from './ast.ts'

/** The text of a pipeline, in a form that parses to the same pipeline again. */
export function printPipeline({ inputs, filters, outputs }: PipelineDefinition): string {
  const sections = [
    { name: 'input', statements: inputs },
    { name: 'filter', statements: filters },
    { name: 'output', statements: outputs },
  ]
  return sections
    .filter(({ statements }) => statements.length > 0)
    .map(({ name, statements }) => `${name} {\n${printStatements(statements, '  ')}}\n`)
    .join('')
}

function printStatements(statements: readonly Statement[], indent: string): string {
  return statements.map((statement) => `${indent}${printStatement(statement, indent)}\n`).join('')
}

function printStatement(statement: Statement, indent: string): string {
  if (statement.kind === 'plugin') {
    const options = statement.options.map(({ name, value }) => `${indent}  ${printKey(name)} => ${printValue(value)}\n`)
    return options.length === 0
      ? `${printKey(statement.name)} {}`
      : `${printKey(statement.name)} {\n${options.join('')}${indent}}`
  }
  const arms = statement.arms.map(
    ({ condition, body }) => `if ${printCondition(condition)} {\n${printStatements(body, `${indent}  `)}${indent}}`,
  )
  const otherwise =
    statement.otherwise === undefined ? '' : ` else {\n${printStatements(statement.otherwise, `${indent}  `)}${indent}}`
  return arms.join(' else ') + otherwise
}

function printKey(text: string): string {
  return /^[A-Za-z0-9_-]+$/.test(text) ? text : quote(text)
}

/** Text as it stood between its quotes. Text with both kinds of quote came from one kind, with a backslash before it. */
function quote(text: string): string {
  return /(?<!\\)"/.test(text) ? `'${text}'` : `"${text}"`
}

function printValue(value: Value): string {
  switch (value.kind) {
    case 'string':
      return value.quote === 'none' ? value.text : `${value.quote}${value.text}${value.quote}`
    case 'number':
      return value.text
    case 'array':
      return `[${value.items.map(printValue).join(', ')}]`
    case 'hash':
      return `{ ${value.entries.map((entry) => `${quote(entry.key)} => ${printValue(entry.value)}`).join(' ')} }`
    case 'plugin':
      return printStatement(value.plugin, '    ')
    default:
      return unreachable(value)
  }
}

/** A condition with parentheses around everything that is joined. */
export function printCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'and':
    case 'or':
    case 'xor':
    case 'nand':
      return `(${printCondition(condition.left)} ${condition.kind} ${printCondition(condition.right)})`
    case 'not':
      return `!(${printCondition(condition.condition)})`
    case 'compare':
      return `${printOperand(condition.left)} ${condition.operator} ${printOperand(condition.right)}`
    case 'in':
      return `${printOperand(condition.left)} in ${printOperand(condition.right)}`
    case 'match':
      return `${printOperand(condition.left)} =~ ${/(?<!\\)\//.test(condition.pattern) ? quote(condition.pattern) : `/${condition.pattern}/`}`
    case 'truthy':
      return printOperand(condition.operand)
    default:
      return unreachable(condition)
  }
}

function printOperand(operand: Operand): string {
  switch (operand.kind) {
    case 'field':
      return operand.reference
    case 'value':
      if (typeof operand.value === 'string') return quote(operand.value)
      return operand.value instanceof Float ? operand.value.value.toFixed(1) : String(operand.value)
    case 'list':
      return `[${operand.values.map(printOperand).join(', ')}]`
    case 'regex':
      return `/${operand.pattern}/`
    default:
      return unreachable(operand)
  }
}
