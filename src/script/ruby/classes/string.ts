import { eachMatch, expandReplacement } from '../../regexp/replace.ts'
import type { RubyMatch } from '../../regexp/ruby-regexp.ts'
import { textToFloat, textToInteger } from '../../ruby-numbers.ts'
import { splitText } from '../../ruby-text.ts'
import { ArgumentError, IndexError, raise, TypeErrorClass } from '../errors.ts'
import { formatText } from '../format.ts'
import type { Machine } from '../machine.ts'
import { integer, toIndex } from '../numbers.ts'
import { classOf, compare, equal, inspect, isNumber, order, toText, truthy } from '../semantics.ts'
import { REnumerator, RHash, RMatch, RProc, RRegexp, RString, RSymbol, type Value } from '../value.ts'
import { aliases, checkFrozen, def, needBlock, table, text, textOf, type Method } from './method.ts'
import {
  characterIndex,
  charactersOf,
  isRange,
  lengthOf,
  matchesAll,
  rangeOf,
  sliceText,
  successor,
  translate,
  unitIndex,
} from './string-text.ts'
import { unpacked } from './pack.ts'

const str = def<RString>

/** Makes text of a certain length, counted. */
function make(machine: Machine, value: string): RString {
  machine.allocate(value.length)
  return new RString(value)
}

function change(self: RString, value: string): RString {
  checkFrozen(self)
  self.value = value
  return self
}

/** Remembers a match for `$~` and `$1`. */
export function remember(machine: Machine, pattern: RRegexp, subject: string, match: RubyMatch | undefined): RMatch | null {
  machine.lastMatch = match === undefined ? null : new RMatch(subject, match.index, match.end, match.groups, pattern.regexp.names)
  return machine.lastMatch
}

/** A pattern argument: a regexp, or text that is looked for as it stands. */
export function patternOf(machine: Machine, value: Value | undefined): RRegexp {
  if (value instanceof RRegexp) return value
  if (!(value instanceof RString))
    return raise(TypeErrorClass, `wrong argument type ${classOf(value ?? null).name} (expected Regexp)`)
  const escaped = value.value.replaceAll(/[.*?+^$|\\()[\]{}\-/#\s]/g, (char) => (char === '\n' ? '\\n' : `\\${char}`))
  return machine.options.regexp(escaped, { ignoreCase: false, dotAll: false, extended: false })
}

/** `sub` and `gsub`: by text with groups, by a hash, or by a block. */
function substitute(machine: Machine, self: RString, args: readonly Value[], block: RProc | undefined, all: boolean): string {
  const pattern = patternOf(machine, args[0])
  const [, replacement] = args
  const print = (match: RubyMatch): string => {
    machine.step()
    if (replacement instanceof RHash) return toText(replacement.get(text(match.groups[0] ?? '')) ?? null)
    if (replacement !== undefined) return expandReplacement(textOf(replacement), match, pattern.regexp.names)
    remember(machine, pattern, self.value, match)
    return toText(machine.send(needBlock(block).call([text(match.groups[0] ?? '')]), 'to_s'))
  }
  const subject = self.value
  if (!all) {
    const match = pattern.search(subject, 0)
    remember(machine, pattern, subject, match)
    return match === undefined ? subject : subject.slice(0, match.index) + print(match) + subject.slice(match.end)
  }
  let result = ''
  let copied = 0
  let last: RubyMatch | undefined
  eachMatch(pattern.search, subject, (match) => {
    const piece = subject.slice(copied, match.index) + print(match)
    machine.allocate(piece.length)
    result += piece
    copied = match.end
    last = match
  })
  remember(machine, pattern, subject, last)
  return result + subject.slice(copied)
}

function scan(machine: Machine, self: RString, pattern: RRegexp, block: RProc | undefined): Value {
  const found: Value[] = []
  const subject = self.value
  let last: RubyMatch | undefined
  eachMatch(pattern.search, subject, (match) => {
    machine.step()
    machine.allocateElements(1)
    last = match
    const item: Value =
      match.groups.length === 1
        ? text(match.groups[0] ?? '')
        : match.groups.slice(1).map((group) => (group === undefined ? null : text(group)))
    if (block === undefined) found.push(item)
    else {
      remember(machine, pattern, subject, match)
      block.call([item])
    }
  })
  remember(machine, pattern, subject, last)
  return block === undefined ? found : self
}

function splitWith(machine: Machine, self: RString, separator: Value | undefined, limit: number): string[] {
  const subject = self.value
  if (subject === '') return []
  const awk = separator === undefined || separator === null || (separator instanceof RString && separator.value === ' ')
  if (awk && limit <= 0) {
    const pieces = splitText(subject, ' ')
    if (limit < 0 && /\s$/.test(subject)) pieces.push('')
    return pieces
  }
  const plain = separator instanceof RString ? separator.value : undefined
  if (!awk && plain !== undefined && plain !== '' && limit === 0) return splitText(subject, plain)
  const pattern = awk
    ? machine.options.regexp('\\s+', { ignoreCase: false, dotAll: false, extended: false })
    : patternOf(machine, separator)
  const start = awk ? subject.trimStart() : subject
  const pieces: string[] = []
  let at = 0
  let from = 0
  const most = limit <= 0 ? Infinity : limit - 1
  while (pieces.length < most) {
    machine.step()
    const match = from > start.length ? undefined : pattern.search(start, from)
    if (match === undefined) break
    if (match.end === match.index) {
      // An empty match splits between characters.
      if (match.index >= start.length) break
      const width = (start.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
      if (match.index === at) {
        if (at + width >= start.length && limit <= 0) break
        pieces.push(start.slice(at, at + width))
        at += width
      } else {
        pieces.push(start.slice(at, match.index))
        at = match.index
      }
      from = at
    } else {
      pieces.push(start.slice(at, match.index))
      at = match.end
      from = at
    }
    for (const group of match.groups.slice(1)) if (group !== undefined) pieces.push(group)
  }
  pieces.push(start.slice(at))
  if (limit === 0) while (pieces.length > 0 && pieces.at(-1) === '') pieces.pop()
  return pieces
}

/** `self[…]`: by place, place and length, range, text, or pattern and group. */
function piece(machine: Machine, self: RString, args: readonly Value[]): string | undefined {
  const [what = null, second] = args
  if (what instanceof RString) return self.value.includes(what.value) ? what.value : undefined
  if (what instanceof RRegexp) {
    const match = remember(machine, what, self.value, what.search(self.value, 0))
    if (match === null) return undefined
    if (second === undefined) return match.groups[0]
    const group = isNumber(second) ? toIndex(second) : match.names.indexOf(toText(second))
    return match.groups[group < 0 ? match.groups.length + group : group]
  }
  if (isRange(what)) {
    const place = rangeOf(what, lengthOf(self.value))
    return place === undefined ? undefined : sliceText(self.value, place.start, place.length)
  }
  const index = toIndex(what)
  if (second !== undefined) return sliceText(self.value, index, toIndex(second))
  const one = sliceText(self.value, index, 1)
  return one === '' ? undefined : one
}

function assign(machine: Machine, self: RString, args: readonly Value[]): Value {
  const [what = null] = args
  const value = args.at(-1) ?? null
  const replacement = textOf(value)
  const size = lengthOf(self.value)
  let start: number
  let length: number
  if (what instanceof RString || what instanceof RRegexp) {
    const match =
      what instanceof RString
        ? { index: self.value.indexOf(what.value), end: self.value.indexOf(what.value) + what.value.length }
        : what.search(self.value, 0)
    if (match === undefined || match.index < 0)
      return raise(IndexError, what instanceof RString ? 'string not matched' : 'regexp not matched')
    change(self, self.value.slice(0, match.index) + replacement + self.value.slice(match.end))
    return value
  }
  if (isRange(what)) {
    const place = rangeOf(what, size)
    if (place === undefined) return raise(IndexError, `${inspect(what)} out of range`)
    ;({ start, length } = place)
  } else {
    const index = toIndex(what)
    start = index < 0 ? size + index : index
    length = args.length === 3 ? toIndex(args[1] ?? null) : 1
    if (start < 0 || start > size) return raise(IndexError, `index ${index} out of string`)
  }
  machine.allocate(replacement.length)
  const chars = charactersOf(self.value)
  chars.splice(start, length, replacement)
  change(self, chars.join(''))
  return value
}

function padded(machine: Machine, self: RString, args: readonly Value[], side: 'left' | 'right' | 'both'): RString {
  const width = toIndex(args[0] ?? null)
  const filler = args[1] === undefined ? ' ' : textOf(args[1])
  if (filler === '') raise(ArgumentError, 'zero width padding')
  const missing = width - lengthOf(self.value)
  if (missing <= 0) return new RString(self.value)
  machine.allocate(missing)
  const fill = (count: number): string => filler.repeat(Math.ceil(count / filler.length)).slice(0, count)
  const before = side === 'left' ? missing : side === 'both' ? Math.floor(missing / 2) : 0
  return make(machine, fill(before) + self.value + fill(missing - before))
}

const STRIP_START = /^[\s\0]+/
const STRIP_END = /[\s\0]+$/

function chomp(self: string, suffix: Value | undefined): string {
  if (suffix === undefined) return self.replace(/(?:\r\n|\n|\r)$/, '')
  if (suffix === null) return self
  const end = textOf(suffix)
  if (end === '') return self.replace(/(?:\r?\n)+$/, '')
  return self.endsWith(end) ? self.slice(0, -end.length) : self
}

function capitalize(value: string): string {
  const first = String.fromCodePoint(value.codePointAt(0) ?? 0)
  return value === '' ? '' : first.toUpperCase() + value.slice(first.length).toLowerCase()
}

function swapCase(value: string): string {
  return Array.from(value, (char) => (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase())).join('')
}

function squeeze(value: string, specs: readonly string[]): string {
  const matches = specs.length === 0 ? () => true : matchesAll(specs)
  let result = ''
  let previous: string | undefined
  for (const char of value) {
    if (char === previous && matches(char)) continue
    result += char
    previous = char
  }
  return result
}

function linesOf(value: string): string[] {
  return value.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

/** Changes of the whole text: each is a method, and one with `!` that answers nil when nothing changed. */
const changes: Readonly<
  Record<string, { readonly max: number; readonly to: (machine: Machine, value: string, args: readonly Value[]) => string }>
> = {
  upcase: { max: 1, to: (_m, value) => value.toUpperCase() },
  downcase: { max: 1, to: (_m, value) => value.toLowerCase() },
  capitalize: { max: 1, to: (_m, value) => capitalize(value) },
  swapcase: { max: 1, to: (_m, value) => swapCase(value) },
  strip: { max: 0, to: (_m, value) => value.replace(STRIP_START, '').replace(STRIP_END, '') },
  lstrip: { max: 0, to: (_m, value) => value.replace(STRIP_START, '') },
  rstrip: { max: 0, to: (_m, value) => value.replace(STRIP_END, '') },
  chomp: { max: 1, to: (_m, value, args) => chomp(value, args[0]) },
  chop: { max: 0, to: (_m, value) => (value.endsWith('\r\n') ? value.slice(0, -2) : charactersOf(value).slice(0, -1).join('')) },
  reverse: { max: 0, to: (_m, value) => charactersOf(value).reverse().join('') },
  squeeze: { max: Infinity, to: (_m, value, args) => squeeze(value, args.map(textOf)) },
  delete: {
    max: Infinity,
    to: (_m, value, args) => {
      const matches = matchesAll(args.map(textOf))
      return charactersOf(value)
        .filter((char) => !matches(char))
        .join('')
    },
  },
  tr: { max: 2, to: (_m, value, [from, to]) => translate(value, textOf(from), textOf(to), false) },
  tr_s: { max: 2, to: (_m, value, [from, to]) => translate(value, textOf(from), textOf(to), true) },
  delete_prefix: {
    max: 1,
    to: (_m, value, [prefix]) => (value.startsWith(textOf(prefix)) ? value.slice(textOf(prefix).length) : value),
  },
  delete_suffix: {
    max: 1,
    to: (_m, value, [suffix]) =>
      textOf(suffix) !== '' && value.endsWith(textOf(suffix)) ? value.slice(0, -textOf(suffix).length) : value,
  },
  succ: { max: 0, to: (_m, value) => successor(value) },
  unicode_normalize: {
    max: 1,
    to: (_m, value, [form]) => value.normalize(form instanceof RSymbol ? form.name.toUpperCase() : 'NFC'),
  },
  scrub: { max: 1, to: (_m, value) => Buffer.from(value).toString() },
}

const changing: Record<string, Method> = {}
for (const [name, { max, to }] of Object.entries(changes)) {
  changing[name] = str(0, max, (m, self, args) => make(m, to(m, self.value, args)))
  changing[`${name}!`] = str(0, max, (m, self, args) => {
    const value = to(m, self.value, args)
    if (value === self.value) return null
    m.allocate(value.length)
    return change(self, value)
  })
}

/** Methods that yield the parts of the text, or answer them as a list. */
function parts(of: (value: string) => Value[]): Method {
  return str(0, 1, (m, self, _args, block) => {
    const items = of(self.value)
    m.allocateElements(items.length)
    if (block === undefined) return new REnumerator(self, 'each', () => items)
    for (const item of items) {
      m.step()
      block.call([item])
    }
    return self
  })
}

const listOf = (of: (value: string) => Value[]): Method =>
  str(0, 1, (m, self) => {
    const items = of(self.value)
    m.allocateElements(items.length)
    return items
  })

const bytesOf = (value: string): number[] => Array.from(Buffer.from(value))

const methods: Record<string, Method> = {
  '+': str(1, 1, (m, self, [other]) => make(m, self.value + textOf(other))),
  '*': str(1, 1, (m, self, [count = null]) => {
    const times = toIndex(count)
    if (times < 0) return raise(ArgumentError, 'argument must be non-negative')
    m.allocate(self.value.length * times)
    return new RString(self.value.repeat(times))
  }),
  '%': str(1, 1, (m, self, [arg = null]) => text(formatText(m, self.value, Array.isArray(arg) ? arg : [arg]))),
  '==': str(1, 1, (_m, self, [other = null]) => equal(self, other)),
  '<=>': str(1, 1, (_m, self, [other = null]) => compare(self, other) ?? null),
  '<': str(1, 1, (_m, self, [other = null]) => order(self, other) < 0),
  '>': str(1, 1, (_m, self, [other = null]) => order(self, other) > 0),
  '<=': str(1, 1, (_m, self, [other = null]) => order(self, other) <= 0),
  '>=': str(1, 1, (_m, self, [other = null]) => order(self, other) >= 0),
  'between?': str(2, 2, (_m, self, [low = null, high = null]) => order(self, low) >= 0 && order(self, high) <= 0),
  'eql?': str(1, 1, (_m, self, [other = null]) => other instanceof RString && equal(self, other)),
  '=~': str(1, 1, (m, self, [pattern]) => {
    if (!(pattern instanceof RRegexp))
      return raise(TypeErrorClass, `wrong argument type ${classOf(pattern ?? null).name} (expected Regexp)`)
    const match = remember(m, pattern, self.value, pattern.search(self.value, 0))
    return match === null ? null : characterIndex(self.value, match.index)
  }),
  match: str(1, 2, (m, self, [pattern], block) => {
    const regexp =
      pattern instanceof RRegexp
        ? pattern
        : m.options.regexp(textOf(pattern), { ignoreCase: false, dotAll: false, extended: false })
    const match = remember(m, regexp, self.value, regexp.search(self.value, 0))
    return match !== null && block !== undefined ? block.call([match]) : match
  }),
  'match?': str(1, 2, (m, self, [pattern]) => {
    const regexp =
      pattern instanceof RRegexp
        ? pattern
        : m.options.regexp(textOf(pattern), { ignoreCase: false, dotAll: false, extended: false })
    return regexp.search(self.value, 0) !== undefined
  }),
  '[]': str(1, 2, (m, self, args) => {
    const found = piece(m, self, args)
    return found === undefined ? null : make(m, found)
  }),
  '[]=': str(2, 3, assign),
  'slice!': str(1, 2, (m, self, args) => {
    const found = piece(m, self, args)
    if (found === undefined) return null
    const { value } = self
    assign(m, self, [...args, text('')])
    return value === self.value && found !== '' ? null : text(found)
  }),
  '<<': str(1, 1, (m, self, [other = null]) => {
    const added = isNumber(other) ? String.fromCodePoint(toIndex(other)) : textOf(other)
    m.allocate(added.length)
    return change(self, self.value + added)
  }),
  concat: str(0, Infinity, (m, self, args) => {
    const added = args.map(textOf).join('')
    m.allocate(added.length)
    return change(self, self.value + added)
  }),
  prepend: str(0, Infinity, (m, self, args) => {
    const added = args.map(textOf).join('')
    m.allocate(added.length)
    return change(self, added + self.value)
  }),
  insert: str(2, 2, (m, self, [place = null, other]) => {
    const index = toIndex(place)
    const chars = charactersOf(self.value)
    const at = index < 0 ? chars.length + index + 1 : index
    if (at < 0 || at > chars.length) return raise(IndexError, `index ${index} out of string`)
    m.allocate(textOf(other).length)
    chars.splice(at, 0, textOf(other))
    return change(self, chars.join(''))
  }),
  replace: str(1, 1, (_m, self, [other]) => change(self, textOf(other))),
  clear: str(0, 0, (_m, self) => change(self, '')),
  size: str(0, 0, (_m, self) => lengthOf(self.value)),
  bytesize: str(0, 0, (_m, self) => Buffer.byteLength(self.value)),
  'empty?': str(0, 0, (_m, self) => self.value === ''),
  'include?': str(1, 1, (_m, self, [other]) => self.value.includes(textOf(other))),
  'start_with?': str(0, Infinity, (m, self, args) =>
    args.some((arg) => {
      if (!(arg instanceof RRegexp)) return self.value.startsWith(textOf(arg))
      const match = arg.search(self.value, 0)
      return remember(m, arg, self.value, match?.index === 0 ? match : undefined) !== null
    }),
  ),
  'end_with?': str(0, Infinity, (_m, self, args) => args.some((arg) => self.value.endsWith(textOf(arg)))),
  index: str(1, 2, (m, self, [what, from = 0]) => {
    const start = unitIndex(self.value, toIndex(from) < 0 ? lengthOf(self.value) + toIndex(from) : toIndex(from))
    if (start < 0 || start > self.value.length) return null
    const found =
      what instanceof RRegexp
        ? remember(m, what, self.value, what.search(self.value, start))?.index
        : self.value.indexOf(textOf(what), start)
    return found === undefined || found < 0 ? null : characterIndex(self.value, found)
  }),
  rindex: str(1, 2, (_m, self, [what, from]) => {
    const until =
      from === undefined
        ? self.value.length
        : unitIndex(self.value, toIndex(from) < 0 ? lengthOf(self.value) + toIndex(from) : toIndex(from))
    if (!(what instanceof RRegexp)) {
      const found = self.value.lastIndexOf(textOf(what), until)
      return found < 0 ? null : characterIndex(self.value, found)
    }
    let last = -1
    eachMatch(what.search, self.value, (match) => {
      if (match.index <= until) last = match.index
    })
    return last < 0 ? null : characterIndex(self.value, last)
  }),
  split: str(0, 2, (m, self, [separator, limit = 0], block) => {
    const pieces = splitWith(m, self, separator, toIndex(limit)).map(text)
    m.allocateElements(pieces.length)
    if (block === undefined) return pieces
    for (const one of pieces) block.call([one])
    return self
  }),
  sub: str(1, 2, (m, self, args, block) => make(m, substitute(m, self, args, block, false))),
  gsub: str(1, 2, (m, self, args, block) => text(substitute(m, self, args, block, true))),
  'sub!': str(1, 2, (m, self, args, block) => {
    const value = substitute(m, self, args, block, false)
    return m.lastMatch === null ? null : change(self, value)
  }),
  'gsub!': str(1, 2, (m, self, args, block) => {
    const value = substitute(m, self, args, block, true)
    return m.lastMatch === null ? null : change(self, value)
  }),
  scan: str(1, 1, (m, self, [pattern], block) => scan(m, self, patternOf(m, pattern), block)),
  count: str(1, Infinity, (_m, self, args) => charactersOf(self.value).filter(matchesAll(args.map(textOf))).length),
  partition: str(1, 1, (m, self, [what]) => {
    const pattern = patternOf(m, what)
    const match = pattern.search(self.value, 0)
    if (match === undefined) return [text(self.value), text(''), text('')]
    return [text(self.value.slice(0, match.index)), text(match.groups[0] ?? ''), text(self.value.slice(match.end))]
  }),
  rpartition: str(1, 1, (m, self, [what]) => {
    let last: RubyMatch | undefined
    eachMatch(patternOf(m, what).search, self.value, (match) => {
      last = match
    })
    if (last === undefined) return [text(''), text(''), text(self.value)]
    return [text(self.value.slice(0, last.index)), text(last.groups[0] ?? ''), text(self.value.slice(last.end))]
  }),
  center: str(1, 2, (m, self, args) => padded(m, self, args, 'both')),
  ljust: str(1, 2, (m, self, args) => padded(m, self, args, 'right')),
  rjust: str(1, 2, (m, self, args) => padded(m, self, args, 'left')),
  to_i: str(0, 1, (_m, self, [base = 10]) => {
    const radix = toIndex(base)
    if (radix === 10) return textToInteger(self.value)
    const cleaned = self.value
      .trim()
      .replaceAll('_', '')
      .replace(radix === 16 ? /^([+-]?)0x/i : radix === 2 ? /^([+-]?)0b/i : radix === 8 ? /^([+-]?)0o?/i : /^([+-]?)/, '$1')
    return wholeOf(cleaned, radix)
  }),
  to_f: str(0, 0, (_m, self) => textToFloat(self.value)),
  hex: str(0, 0, (_m, self) => wholeOf(self.value.trim().replace(/^([+-]?)0x/i, '$1'), 16)),
  oct: str(0, 0, (_m, self) => wholeOf(self.value.trim().replace(/^([+-]?)0o?/i, '$1'), 8)),
  ord: str(0, 0, (_m, self) => self.value.codePointAt(0) ?? raise(ArgumentError, 'empty string')),
  chr: str(0, 0, (_m, self) => text(charactersOf(self.value)[0] ?? '')),
  sum: str(0, 1, (_m, self) => bytesOf(self.value).reduce((a, b) => (a + b) & 0xffff, 0)),
  to_s: str(0, 0, (_m, self) => self),
  to_sym: str(0, 0, (_m, self) => new RSymbol(self.value)),
  inspect: str(0, 0, (m, self) => make(m, inspect(self))),
  chars: listOf((value) => charactersOf(value).map(text)),
  lines: listOf((value) => linesOf(value).map(text)),
  bytes: listOf(bytesOf),
  codepoints: listOf((value) => Array.from(value, (char) => char.codePointAt(0) ?? 0)),
  each_char: parts((value) => charactersOf(value).map(text)),
  each_line: parts((value) => linesOf(value).map(text)),
  each_byte: parts(bytesOf),
  byteslice: str(1, 2, (_m, self, [start = null, length = 1]) => {
    const bytes = Buffer.from(self.value)
    const from = toIndex(start) < 0 ? bytes.length + toIndex(start) : toIndex(start)
    return from < 0 || from > bytes.length ? null : text(bytes.subarray(from, from + toIndex(length)).toString())
  }),
  getbyte: str(1, 1, (_m, self, [place = null]) => Buffer.from(self.value).at(toIndex(place)) ?? null),
  upto: str(1, 2, (m, self, [last, exclusive], block) => {
    const end = textOf(last)
    for (let one = self.value; ; one = successor(one)) {
      m.step()
      if (one === end && truthy(exclusive ?? null)) break
      needBlock(block).call([text(one)])
      if (one === end || one.length > end.length) break
    }
    return self
  }),
  casecmp: str(1, 1, (_m, self, [other]) =>
    other instanceof RString ? (compare(text(self.value.toLowerCase()), text(other.value.toLowerCase())) ?? null) : null,
  ),
  'casecmp?': str(1, 1, (_m, self, [other]) =>
    other instanceof RString ? self.value.toLowerCase() === other.value.toLowerCase() : null,
  ),
  encode: str(0, Infinity, (_m, self) => text(Buffer.from(self.value).toString())),
  force_encoding: str(1, 1, (_m, self) => self),
  encoding: str(0, 0, () => text('UTF-8')),
  'valid_encoding?': str(0, 0, (_m, self) => Buffer.from(self.value).toString() === self.value && !self.value.includes('\ufffd')),
  // eslint-disable-next-line no-control-regex
  'ascii_only?': str(0, 0, (_m, self) => /^[\u0000-\u007f]*$/.test(self.value)),
  unpack: str(1, 1, (m, self, [format]) => unpacked(m, self.value, textOf(format))),
  unpack1: str(1, 1, (m, self, [format]) => unpacked(m, self.value, textOf(format))[0] ?? null),
  hash: str(0, 0, (_m, self) =>
    Array.from(self.value).reduce((sum, char) => (sum * 31 + (char.codePointAt(0) ?? 0)) % 0x3fffffff, 7),
  ),
  '+@': str(0, 0, (_m, self) => (self.frozen ? text(self.value) : self)),
  '-@': str(0, 0, (_m, self) => {
    const copy = self.frozen ? self : text(self.value)
    copy.frozen = true
    return copy
  }),
  dup: str(0, 0, (_m, self) => text(self.value)),
  crypt: str(1, 1, () => raise(ArgumentError, 'crypt is not available')),
}

function wholeOf(digits: string, radix: number): number | bigint {
  const valid = new RegExp(`^[+-]?[${'0123456789abcdefghijklmnopqrstuvwxyz'.slice(0, radix)}]+`, 'i').exec(digits)?.[0]
  if (valid === undefined) return 0
  const value = Number.parseInt(valid, radix)
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value
  const negative = valid.startsWith('-')
  let exact = 0n
  for (const digit of valid.replace(/^[+-]/, '')) exact = exact * BigInt(radix) + BigInt(Number.parseInt(digit, radix))
  return integer(negative ? -exact : exact)
}

export const stringMethods = table(
  changing,
  methods,
  aliases(methods, {
    '===': '==',
    slice: '[]',
    length: 'size',
    to_str: 'to_s',
    intern: 'to_sym',
    clone: 'dup',
    dump: 'inspect',
    each_grapheme_cluster: 'each_char',
  }),
  aliases(changing, { next: 'succ', 'next!': 'succ!' }),
)

const symbolOnly: Record<string, Method> = {
  to_s: def<RSymbol>(0, 0, (_m, self) => text(self.name)),
  to_sym: def<RSymbol>(0, 0, (_m, self) => self),
  to_proc: def<RSymbol>(0, 0, (m, self) => new RProc((args) => m.send(args[0] ?? null, self.name, args.slice(1)), -2, true)),
  inspect: def<RSymbol>(0, 0, (_m, self) => text(inspect(self))),
  '==': def<RSymbol>(1, 1, (_m, self, [other = null]) => equal(self, other)),
  '<=>': def<RSymbol>(1, 1, (_m, self, [other = null]) => compare(self, other) ?? null),
}

/** Of a string's methods those that make sense for a name: they answer text, or a symbol where Ruby does. */
const borrowed: Record<string, Method> = Object.fromEntries(
  [
    'size',
    'length',
    '[]',
    'empty?',
    'start_with?',
    'end_with?',
    '=~',
    'match',
    'match?',
    'upcase',
    'downcase',
    'capitalize',
    'swapcase',
    'succ',
  ].flatMap((name) => {
    const method = stringMethods.get(name)
    if (method === undefined) return []
    const call = def<RSymbol>(method.min, method.max, (m, self, args, block) => {
      const result = method.call(m, text(self.name) as never, args, block)
      return result instanceof RString && name !== '[]' ? new RSymbol(result.value) : result
    })
    return [[name, call]]
  }),
)

export const symbolMethods = table(borrowed, symbolOnly, aliases(symbolOnly, { '===': '==', id2name: 'to_s', name: 'to_s' }))
