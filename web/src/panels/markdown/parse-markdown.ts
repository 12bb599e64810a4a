/** A block of a markdown text. */
export type Block =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3 | 4 | 5 | 6; readonly text: readonly Inline[] }
  | { readonly kind: 'paragraph'; readonly text: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | { readonly kind: 'list'; readonly start: number | undefined; readonly items: readonly (readonly Block[])[] }
  | {
      readonly kind: 'table'
      readonly head: readonly (readonly Inline[])[]
      readonly rows: readonly (readonly (readonly Inline[])[])[]
    }
  | { readonly kind: 'rule' }

/** A stretch of text within a block. */
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'emphasis' | 'strike'; readonly parts: readonly Inline[] }
  | { readonly kind: 'link'; readonly href: string; readonly parts: readonly Inline[] }
  | { readonly kind: 'break' }

/** Lists and quotes inside each other: deeper ones are text. */
const MAX_DEPTH = 12

/**
 * Reads what people write into dashboards: CommonMark's headings, paragraphs, lists, quotes, fenced and indented code, rules,
 * emphasis, links and hard breaks, with GitHub's tables, strikethrough and bare addresses. Pictures become links, HTML stays
 * text: nothing of a text can become anything but the values above.
 */
export function parseMarkdown(text: string, depth = 0): readonly Block[] {
  const lines = text.replaceAll('\r\n', '\n').replaceAll('\t', '    ').split('\n')
  const blocks: Block[] = []
  let at = 0
  while (at < lines.length) {
    const [block, next] = readBlock(lines, at, depth)
    if (block !== undefined) blocks.push(block)
    at = next
  }
  return blocks
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/
const HEADING = /^ {0,3}(#{1,6})(?:\s+(.*?))?(?:\s+#+)?\s*$/
const RULE = /^ {0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$/
const QUOTE = /^ {0,3}> ?/
const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])( +|$)/
const TABLE_LINE = /^ {0,3}\|?(?:\s*:?-+:?\s*\|)+\s*(?::?-+:?)?\s*$/
const blank = (line: string | undefined): boolean => line === undefined || line.trim() === ''

/** The block that begins at a line (none at an empty one), and the line behind it. */
function readBlock(lines: readonly string[], at: number, depth: number): readonly [Block | undefined, number] {
  const line = lines[at] ?? ''
  if (blank(line)) return [undefined, at + 1]
  const fence = FENCE.exec(line)?.[1]
  if (fence !== undefined) return readFence(lines, at, fence)
  if (/^ {4}/.test(line)) {
    let end = at
    while (end < lines.length && (blank(lines[end]) || /^ {4}/.test(lines[end] ?? ''))) end += 1
    const code = lines.slice(at, end).map((each) => each.slice(4))
    return [{ kind: 'code', text: code.join('\n').trimEnd() }, end]
  }
  const heading = HEADING.exec(line)
  if (heading !== null) {
    const level = (heading[1] ?? '#').length as 1 | 2 | 3 | 4 | 5 | 6
    return [{ kind: 'heading', level, text: parseInline(heading[2] ?? '') }, at + 1]
  }
  if (RULE.test(line)) return [{ kind: 'rule' }, at + 1]
  if (depth < MAX_DEPTH && QUOTE.test(line)) {
    let end = at
    while (!blank(lines[end]) && (QUOTE.test(lines[end] ?? '') || !beginsBlock(lines[end] ?? ''))) end += 1
    const inner = lines.slice(at, end).map((each) => each.replace(QUOTE, ''))
    return [{ kind: 'quote', blocks: parseMarkdown(inner.join('\n'), depth + 1) }, end]
  }
  if (depth < MAX_DEPTH && ITEM.test(line)) return readList(lines, at, depth)
  if (line.includes('|') && TABLE_LINE.test(lines[at + 1] ?? '')) return readTable(lines, at)
  let end = at + 1
  while (end < lines.length && !blank(lines[end]) && !beginsBlock(lines[end] ?? '')) end += 1
  return [{ kind: 'paragraph', text: parseInline(joinLines(lines.slice(at, end))) }, end]
}

const beginsBlock = (line: string): boolean =>
  FENCE.test(line) || HEADING.test(line) || RULE.test(line) || QUOTE.test(line) || ITEM.test(line)

/** Lines of a paragraph are one line, but for a break that two blanks or a backslash ask for. */
const joinLines = (lines: readonly string[]): string =>
  lines
    .map((line, at) =>
      at === lines.length - 1
        ? line.trim()
        : line
            .trimStart()
            .replace(/(?: {2,}|\\)$/, '\uE000')
            .trimEnd(),
    )
    .join('\n')

function readFence(lines: readonly string[], at: number, fence: string): readonly [Block, number] {
  const closes = new RegExp(`^ {0,3}\\${fence.charAt(0)}{${fence.length},}\\s*$`)
  let end = at + 1
  while (end < lines.length && !closes.test(lines[end] ?? '')) end += 1
  return [{ kind: 'code', text: lines.slice(at + 1, end).join('\n') }, end + 1]
}

function readList(lines: readonly string[], from: number, depth: number): readonly [Block, number] {
  const ordered = /\d/.test(ITEM.exec(lines[from] ?? '')?.[2] ?? '')
  const start = ordered ? Number.parseInt((lines[from] ?? '').trim(), 10) : undefined
  const items: (readonly Block[])[] = []
  let at = from
  for (;;) {
    const marker = ITEM.exec(lines[at] ?? '')
    if (marker === null || /\d/.test(marker[2] ?? '') !== ordered || RULE.test(lines[at] ?? '')) break
    const indent = marker[0].length
    const inner = [(lines[at] ?? '').slice(indent)]
    at += 1
    for (; at < lines.length; at += 1) {
      const line = lines[at] ?? ''
      const belongs = line.startsWith(' '.repeat(Math.min(indent, 2)))
      if (blank(line) ? !/^ {2,}\S/.test(lines[at + 1] ?? '') : !belongs && (blank(lines[at - 1]) || beginsBlock(line))) break
      inner.push(line.replace(new RegExp(`^ {0,${indent}}`), ''))
    }
    items.push(parseMarkdown(inner.join('\n'), depth + 1))
    const next = blank(lines[at]) ? at + 1 : at
    if (!ITEM.test(lines[next] ?? '')) break
    at = next
  }
  return [{ kind: 'list', start, items }, at]
}

function readTable(lines: readonly string[], from: number): readonly [Block, number] {
  const cells = (line: string) =>
    line
      .trim()
      .replace(/^\||(?<!\\)\|$/g, '')
      .split(/(?<!\\)\|/)
      .map((cell) => parseInline(cell.trim().replaceAll('\\|', '|')))
  let at = from + 2
  while (!blank(lines[at]) && (lines[at] ?? '').includes('|')) at += 1
  return [{ kind: 'table', head: cells(lines[from] ?? ''), rows: lines.slice(from + 2, at).map(cells) }, at]
}

/** What may begin at a place of a text, in order of precedence; each is anchored there. */
const INLINE: readonly { readonly pattern: RegExp; readonly make: (match: RegExpExecArray, depth: number) => Inline }[] = [
  { pattern: /\\([!-/:-@[-`{-~])/y, make: (match) => ({ kind: 'text', text: match[1] ?? '' }) },
  { pattern: /(`+)(?!`)([\s\S]*?[^`])\1(?!`)/y, make: (match) => ({ kind: 'code', text: (match[2] ?? '').trim() }) },
  { pattern: /\uE000\n?/y, make: () => ({ kind: 'break' }) },
  {
    pattern: /!?\[((?:[^[\]\\]|\\.){0,1000})\]\(\s*<?([^\s<>()]*(?:\([^\s()]*\)[^\s<>()]*)*)>?(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)/y,
    make: (match, depth) => ({ kind: 'link', href: match[2] ?? '', parts: parseInline(match[1] ?? '', depth + 1) }),
  },
  {
    pattern: /<(https?:\/\/[^\s<>]+|mailto:[^\s<>]+)>/y,
    make: (match) => ({ kind: 'link', href: match[1] ?? '', parts: [{ kind: 'text', text: match[1] ?? '' }] }),
  },
  {
    pattern: /(?<![\w/])https?:\/\/[^\s<>]*[^\s<>.,:;"')\]!?*_~]/y,
    make: ([href]) => ({ kind: 'link', href, parts: [{ kind: 'text', text: href }] }),
  },
  { pattern: /\*\*(?=\S)([\s\S]{0,5000}?\S)\*\*(?!\*)/y, make: wrap('strong') },
  { pattern: /(?<!\w)__(?=\S)([\s\S]{0,5000}?\S)__(?!\w)/y, make: wrap('strong') },
  { pattern: /~~(?=\S)([\s\S]{0,5000}?\S)~~/y, make: wrap('strike') },
  { pattern: /\*(?=[^\s*])([\s\S]{0,5000}?[^\s*])\*(?!\*)/y, make: wrap('emphasis') },
  { pattern: /(?<!\w)_(?=[^\s_])([\s\S]{0,5000}?[^\s_])_(?!\w)/y, make: wrap('emphasis') },
]

function wrap(kind: 'strong' | 'emphasis' | 'strike') {
  return (match: RegExpExecArray, depth: number): Inline => ({ kind, parts: parseInline(match[1] ?? '', depth + 1) })
}

/** Where something other than text may begin: everything between is text, however long. */
const SPECIAL = /[\\`\uE000![<*_~h]/g

function parseInline(text: string, depth = 0): readonly Inline[] {
  const parts: Inline[] = []
  const addText = (more: string): void => {
    const last = parts.at(-1)
    const plain = more.replaceAll('\n', ' ')
    if (last?.kind === 'text') parts[parts.length - 1] = { kind: 'text', text: last.text + plain }
    else if (plain !== '') parts.push({ kind: 'text', text: plain })
  }
  let at = 0
  while (at < text.length) {
    SPECIAL.lastIndex = at
    const special = depth > MAX_DEPTH ? undefined : SPECIAL.exec(text)?.index
    addText(text.slice(at, special ?? text.length))
    if (special === undefined) break
    const found = findInline(text, special, depth)
    if (found === undefined) addText(text.charAt(special))
    else if (found.inline.kind === 'text') addText(found.inline.text)
    else parts.push(found.inline)
    at = special + (found?.length ?? 1)
  }
  return parts
}

function findInline(text: string, at: number, depth: number): { readonly inline: Inline; readonly length: number } | undefined {
  for (const { pattern, make } of INLINE) {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match !== null) return { inline: make(match, depth), length: match[0].length }
  }
  return undefined
}
