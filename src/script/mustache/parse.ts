import { ElkhornError } from '../../core/errors.ts'

/** A piece of a template. `text` of a section is what stands within it, unrendered. */
export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly name: string; readonly escaped: boolean }
  | {
      readonly kind: 'section'
      readonly name: string
      readonly inverted: boolean
      readonly children: readonly TemplateNode[]
    }

/** Sections within each other. */
const MAX_DEPTH = 100

interface Open {
  readonly name: string
  readonly inverted: boolean
  readonly children: TemplateNode[]
}

/**
 * Reads a Mustache template: values, sections, inverted sections, comments and other delimiters. A section, comment or
 * delimiter that stands alone on its line takes the line with it. Partials are refused: there are no files to take.
 * @throws ElkhornError `general_script_exception` (400)
 */
export function parseTemplate(template: string): readonly TemplateNode[] {
  let open = '{{'
  let close = '}}'
  let at = 0
  const stack: Open[] = [{ name: '', inverted: false, children: [] }]
  const top = (): Open => stack[stack.length - 1] as Open

  while (at < template.length) {
    const start = template.indexOf(open, at)
    if (start < 0) {
      addText(top().children, template.slice(at))
      break
    }
    const triple = open === '{{' && template[start + 2] === '{'
    const closing = triple ? '}}}' : close
    const end = template.indexOf(close, start + open.length)
    if (end < 0 || !template.startsWith(closing, end))
      throw problem(`Improperly closed variable in query-template:${lineOf(template, start)}`)
    const content = template.slice(start + open.length + (triple ? 1 : 0), end)
    const after = end + closing.length
    const sign = triple ? '{' : (content[0] ?? '')
    const alone = '#^/!='.includes(sign) && sign !== '' ? standalone(template, start, after) : undefined
    addText(top().children, template.slice(at, alone?.start ?? start))
    at = alone?.end ?? after
    const name = (triple ? content : content.slice('#^/!=&>'.includes(sign) ? 1 : 0)).trim()
    switch (sign) {
      case '#':
      case '^':
        if (stack.length > MAX_DEPTH) throw problem(`the template nests deeper than [${MAX_DEPTH}] sections`)
        stack.push({ name, inverted: sign === '^', children: [] })
        break
      case '/': {
        const ended = stack.pop()
        const endName = ended?.name.split(/\s/)[0]
        if (ended === undefined || stack.length === 0 || (ended.name !== name && endName !== name)) {
          throw problem(`Mismatched start/end tags: ${ended?.name ?? ''} != ${name} at offset [${start}]`)
        }
        top().children.push({ kind: 'section', name: ended.name, inverted: ended.inverted, children: ended.children })
        break
      }
      case '!':
        break
      case '=': {
        const match = /^=\s*(\S+)\s+(\S+)\s*=$/.exec(content)
        if (!match) throw problem(`Invalid delimiters in template at offset [${start}]`)
        ;[, open = open, close = close] = match
        break
      }
      case '>':
        throw problem(`Partials are not supported: [${name}] at offset [${start}]`)
      default:
        top().children.push({ kind: 'value', name, escaped: sign !== '{' && sign !== '&' })
    }
  }
  if (stack.length > 1) throw problem(`Failed to close '${top().name}' tag`)
  return top().children
}

function addText(children: TemplateNode[], text: string): void {
  if (text !== '') children.push({ kind: 'text', text })
}

/** The whole line of a tag with nothing but spaces around it. */
function standalone(template: string, start: number, end: number): { readonly start: number; readonly end: number } | undefined {
  const lineStart = template.lastIndexOf('\n', start - 1) + 1
  const newline = template.indexOf('\n', end)
  // A template of one line is no text of lines.
  if (newline < 0 && lineStart === 0) return undefined
  const lineEnd = newline < 0 ? template.length : newline + 1
  const isBlank = template.slice(lineStart, start).trim() === '' && template.slice(end, lineEnd).trim() === ''
  return isBlank ? { start: lineStart, end: lineEnd } : undefined
}

const lineOf = (template: string, at: number): number => template.slice(0, at).split('\n').length

function problem(reason: string): ElkhornError {
  return new ElkhornError('general_script_exception', 400, 'Failed to compile inline script using lang [mustache]', {
    causedBy: new ElkhornError('mustache_exception', 400, reason),
  })
}
