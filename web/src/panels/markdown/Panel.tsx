import DOMPurify from 'dompurify'
import { marked } from 'marked'
import { useMemo } from 'react'
import type { PanelViewProps } from '../panel-type.ts'
import styles from './Panel.module.css'
import type { MarkdownOptions } from './type.ts'

/** Text of whoever may edit dashboards, which is not whoever looks at them: nothing of it may run or load anything. */
export function MarkdownPanel({ options: { content } }: PanelViewProps<MarkdownOptions>) {
  const html = useMemo(() => render(content), [content])
  // oxlint-disable-next-line react/no-danger
  return <div className={styles['markdown']} tabIndex={0} dangerouslySetInnerHTML={{ __html: html }} />
}

function render(content: string): string {
  const html = marked.parse(content, { async: false, gfm: true })
  const safe = DOMPurify.sanitize(html, {
    USE_PROFILES: { html: true },
    FORBID_TAGS: ['style', 'form', 'input', 'iframe', 'img', 'picture', 'video', 'audio'],
    FORBID_ATTR: ['style', 'id', 'name'],
    RETURN_DOM_FRAGMENT: true,
  })
  for (const link of safe.querySelectorAll('a[href]')) {
    const outside = new URL(link.getAttribute('href') ?? '', window.location.href).origin !== window.location.origin
    if (outside) {
      link.setAttribute('target', '_blank')
      link.setAttribute('rel', 'noreferrer noopener')
    }
  }
  const holder = document.createElement('div')
  holder.append(safe)
  return holder.innerHTML
}
