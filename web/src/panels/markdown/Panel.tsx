import { useMemo } from 'react'
import type { ReactNode } from 'react'
import { unreachable } from '../../../../src/core/errors.ts'
import type { PanelViewProps } from '../panel-type.ts'
import styles from './Panel.module.css'
import { parseMarkdown } from './parse-markdown.ts'
import type { Block, Inline } from './parse-markdown.ts'
import { safeLink } from './safe-link.ts'
import type { MarkdownOptions } from './type.ts'

/** Text of whoever may edit dashboards, which is not whoever looks at them: nothing of it is ever read as HTML. */
export function MarkdownPanel({ options: { content } }: PanelViewProps<MarkdownOptions>) {
  const blocks = useMemo(() => parseMarkdown(content), [content])
  return (
    <div className={styles['markdown']} tabIndex={0}>
      {blocks.map(drawBlock)}
    </div>
  )
}

function drawBlock(block: Block, key: number): ReactNode {
  switch (block.kind) {
    case 'heading': {
      const Heading = `h${block.level}` as const
      return <Heading key={key}>{block.text.map(drawInline)}</Heading>
    }
    case 'paragraph':
      return <p key={key}>{block.text.map(drawInline)}</p>
    case 'code':
      return (
        <pre key={key}>
          <code>{block.text}</code>
        </pre>
      )
    case 'quote':
      return <blockquote key={key}>{block.blocks.map(drawBlock)}</blockquote>
    case 'list': {
      const items = block.items.map((item, at) => <li key={at}>{drawItem(item)}</li>)
      return block.start === undefined ? (
        <ul key={key}>{items}</ul>
      ) : (
        <ol key={key} start={block.start}>
          {items}
        </ol>
      )
    }
    case 'table':
      return (
        <table key={key}>
          <thead>
            <tr>
              {block.head.map((cell, at) => (
                <th key={at} scope="col">
                  {cell.map(drawInline)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {block.rows.map((row, at) => (
              <tr key={at}>
                {row.map((cell, column) => (
                  <td key={column}>{cell.map(drawInline)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )
    case 'rule':
      return <hr key={key} />
    default:
      return unreachable(block)
  }
}

/** An item's first paragraph stands beside its mark. */
function drawItem([first, ...rest]: readonly Block[]): ReactNode {
  if (first === undefined) return null
  return first.kind === 'paragraph' ? [...first.text.map(drawInline), ...rest.map(drawRest)] : [first, ...rest].map(drawBlock)
}

/** Keys of what follows a paragraph must not be those of its parts. */
const drawRest = (block: Block, at: number): ReactNode => drawBlock(block, 10_000 + at)

function drawInline(inline: Inline, key: number): ReactNode {
  switch (inline.kind) {
    case 'text':
      return inline.text
    case 'code':
      return <code key={key}>{inline.text}</code>
    case 'strong':
      return <strong key={key}>{inline.parts.map(drawInline)}</strong>
    case 'emphasis':
      return <em key={key}>{inline.parts.map(drawInline)}</em>
    case 'strike':
      return <s key={key}>{inline.parts.map(drawInline)}</s>
    case 'break':
      return <br key={key} />
    case 'link': {
      const link = safeLink(inline.href, window.location.href)
      const parts = inline.parts.map(drawInline)
      if (link === undefined) return <span key={key}>{parts}</span>
      const elsewhere = link.outside ? { target: '_blank', rel: 'noreferrer noopener' } : {}
      return (
        <a key={key} href={link.href} {...elsewhere}>
          {parts}
        </a>
      )
    }
    default:
      return unreachable(inline)
  }
}
