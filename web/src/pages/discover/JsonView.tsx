import { useMemo } from 'react'
import type { ReactNode } from 'react'
import { LongText } from '../../components/LongText.tsx'
import styles from './JsonView.module.css'

/** Longer documents are shown in part and without colours: a hundred thousand pieces would stall the page. */
const MAX_COLOURED = 100_000

/**
 * The document as it was sent, laid out. Only white space is added: numbers, escapes and the order of members stay as their
 * author wrote them.
 */
export function JsonView({ source }: { source: string }) {
  const pretty = useMemo(() => prettyJson(source), [source])
  return (
    <pre className={styles['json']} tabIndex={0}>
      <code>{pretty.length > MAX_COLOURED ? <LongText text={pretty} maxCharacters={MAX_COLOURED} /> : colour(pretty)}</code>
    </pre>
  )
}

/** Lays JSON out in lines without reading its values. Expects valid JSON. */
export function prettyJson(source: string): string {
  let out = ''
  let depth = 0
  const line = (): string => `\n${'  '.repeat(depth)}`
  for (const [token] of source.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    if (token === '{' || token === '[') {
      depth += 1
      out += token + line()
    } else if (token === '}' || token === ']') {
      depth -= 1
      // An empty object or array stays on its line.
      out = /[{[]\s*$/.test(out) ? out.trimEnd() + token : out + line() + token
    } else if (token === ',') out += token + line()
    else if (token === ':') out += ': '
    else out += token
  }
  return out
}

function colour(text: string): ReactNode[] {
  const parts: ReactNode[] = []
  let at = 0
  for (const match of text.matchAll(/"(?:[^"\\]|\\.)*"(:?)|\b(?:true|false|null)\b|-?\d[\d.eE+-]*/g)) {
    const [token] = match
    const kind = token.startsWith('"') ? (match[1] === ':' ? 'name' : 'text') : /^[tfn]/.test(token) ? 'word' : 'number'
    parts.push(
      text.slice(at, match.index),
      <span key={match.index} data-kind={kind}>
        {kind === 'name' ? token.slice(0, -1) : token}
      </span>,
    )
    at = match.index + (kind === 'name' ? token.length - 1 : token.length)
  }
  parts.push(text.slice(at))
  return parts
}
