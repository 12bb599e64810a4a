import { textProcessor } from './string-processor.ts'

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

/** Tags after which a reader would see a new line. */
const BLOCKS =
  /^(?:address|article|aside|blockquote|br|center|dd|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|isindex|li|link|main|menu|meta|nav|noframes|noscript|ol|optgroup|option|p|pre|script|section|style|table|tbody|td|tfoot|th|thead|title|tr|ul)$/i

export const htmlStrip = textProcessor(
  'html_strip',
  'Takes the tags out of HTML; where a block began or ended is a new line.',
  strip,
)

/** As Lucene's HTMLStripCharFilter does it. */
function strip(html: string): string {
  return html
    .replaceAll(/<!--[\s\S]*?(?:-->|$)/g, '')
    .replaceAll(/<(script|style)\b[^>]*>[\s\S]*?<\/\1\s*>/gi, '\n')
    .replaceAll(/<\/?([a-zA-Z][\w:-]*)(?:\s[^<>]*)?\/?>/g, (_tag, name: string) => (BLOCKS.test(name) ? '\n' : ''))
    .replaceAll(/&(#x[\da-f]+|#\d+|\w+);/gi, (written, name: string) => {
      if (!name.startsWith('#')) return ENTITIES[name] ?? written
      const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : written
    })
}
