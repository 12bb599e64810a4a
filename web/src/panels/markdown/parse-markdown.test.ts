import { describe, expect, test } from 'vitest'
import { unreachable } from '../../../../src/core/errors.ts'
import { parseMarkdown } from './parse-markdown.ts'
import type { Block, Inline } from './parse-markdown.ts'
import { safeLink } from './safe-link.ts'

/** A short form of what was read, as S-expressions. */
const show = (blocks: readonly Block[]): string => blocks.map(showBlock).join(' ')

function showBlock(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `(h${block.level} ${inline(block.text)})`
    case 'paragraph':
      return `(p ${inline(block.text)})`
    case 'code':
      return `(pre ${JSON.stringify(block.text)})`
    case 'quote':
      return `(quote ${show(block.blocks)})`
    case 'list':
      return `(${block.start === undefined ? 'ul' : `ol ${block.start}`} ${block.items.map((item) => `[${show(item)}]`).join(' ')})`
    case 'table':
      return `(table ${[block.head, ...block.rows].map((row) => row.map(inline).join(' | ')).join(' / ')})`
    case 'rule':
      return '(hr)'
    default:
      return unreachable(block)
  }
}

const inline = (parts: readonly Inline[]): string =>
  parts
    .map((part) => {
      if (part.kind === 'break') return '⏎'
      if (part.kind === 'text') return part.text
      if (part.kind === 'code') return `‹${part.text}›`
      if (part.kind === 'link') return `a{${inline(part.parts)}}<${part.href}>`
      return `${{ strong: 'b', emphasis: 'i', strike: 's' }[part.kind]}{${inline(part.parts)}}`
    })
    .join('')

describe('markdown', () => {
  test.each([
    { name: 'nothing', text: ' \n\n', want: '' },
    { name: 'headings', text: '# One\n### Three ###\n####### seven', want: '(h1 One) (h3 Three) (p ####### seven)' },
    { name: 'lines of a paragraph are one', text: 'a\n  b\n\nc', want: '(p a b) (p c)' },
    { name: 'a break where it is asked for', text: 'a  \nb\\\nc', want: '(p a⏎b⏎c)' },
    { name: 'emphasis', text: '**b** *i* __b__ _i_ ~~s~~ ***both***', want: '(p b{b} i{i} b{b} i{i} s{s} b{i{both}})' },
    { name: 'not within words', text: 'a_b_c 2*3 * 4', want: '(p a_b_c 2*3 * 4)' },
    { name: 'code', text: 'press `t`, ``a`b``', want: '(p press ‹t›, ‹a`b›)' },
    { name: 'nothing is read within code', text: '`**a** [b](c)`', want: '(p ‹**a** [b](c)›)' },
    { name: 'fences', text: '```sh\na\n\n  b\n```\nc', want: '(pre "a\\n\\n  b") (p c)' },
    { name: 'a fence that is not closed', text: '~~~\na', want: '(pre "a")' },
    { name: 'indented code', text: '    a\n      b\n\nc', want: '(pre "a\\n  b") (p c)' },
    { name: 'lists', text: '- a\n- b *c*\n\n* d', want: '(ul [(p a)] [(p b i{c})] [(p d)])' },
    { name: 'numbers', text: '3. a\n4. b\n', want: '(ol 3 [(p a)] [(p b)])' },
    { name: 'lists in lists', text: '- a\n  - b\n  - c\n- d', want: '(ul [(p a) (ul [(p b)] [(p c)])] [(p d)])' },
    { name: 'paragraphs of an item', text: '- a\n\n  b\n\nc', want: '(ul [(p a) (p b)]) (p c)' },
    { name: 'a text goes on in the next line', text: '- a\nb\n- c', want: '(ul [(p a b)] [(p c)])' },
    { name: 'a list behind a paragraph', text: 'a:\n- b', want: '(p a:) (ul [(p b)])' },
    { name: 'quotes', text: '> a\n> > b\nc', want: '(quote (p a) (quote (p b c)))' },
    { name: 'rules', text: '---\n* * *\na', want: '(hr) (hr) (p a)' },
    {
      name: 'tables',
      text: '| a | b |\n|---|:-:|\n| 1 | `x \\| y` |\n| 2 |\n\nc',
      want: '(table a | b / 1 | ‹x | y› / 2) (p c)',
    },
    { name: 'links', text: '[Discover](/discover "title") [a](b(c)d)', want: '(p a{Discover}</discover> a{a}<b(c)d>)' },
    {
      name: 'bare addresses',
      text: 'see https://e.org/a_b_c. <https://e.org>',
      want: '(p see a{https://e.org/a_b_c}<https://e.org/a_b_c>. a{https://e.org}<https://e.org>)',
    },
    { name: 'pictures are links', text: '![alt](x.png)', want: '(p a{alt}<x.png>)' },
    { name: 'escapes', text: '\\*a\\* \\[b](c) \\q', want: '(p *a* [b](c) \\q)' },
    { name: 'HTML is text', text: '<img src=x onerror=alert(1)> <b>a</b>', want: '(p <img src=x onerror=alert(1)> <b>a</b>)' },
    { name: 'what is not closed is text', text: '**a *b [c](d `e', want: '(p **a *b [c](d `e)' },
  ])('$name', ({ text, want }) => expect(show(parseMarkdown(text))).toBe(want))

  test.each([
    { name: 'many open marks', text: '*'.repeat(20_000) },
    { name: 'many open brackets', text: '[('.repeat(20_000) },
    { name: 'deep quotes', text: `${'>'.repeat(5000)} a` },
    { name: 'deep lists', text: Array.from({ length: 500 }, (_, at) => `${'  '.repeat(at)}- a`).join('\n') },
    { name: 'many backticks', text: '`a ``b '.repeat(2000) },
  ])('comes to an end: $name', ({ text }) => expect(parseMarkdown(text).length).toBeGreaterThan(0))

  test.each([
    { href: '/discover', want: { href: 'https://e.org/discover', outside: false } },
    { href: 'https://other.org/', want: { href: 'https://other.org/', outside: true } },
    { href: 'mailto:a@b.c', want: { href: 'mailto:a@b.c', outside: true } },
    { href: 'javascript:alert(1)', want: undefined },
    { href: 'JaVaScRiPt:alert(1)', want: undefined },
    { href: 'data:text/html,x', want: undefined },
    { href: 'https://[', want: undefined },
  ])('a link to $href', ({ href, want }) => expect(safeLink(href, 'https://e.org/dashboards/x')).toEqual(want))
})
