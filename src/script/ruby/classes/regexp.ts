import { raise, TypeErrorClass } from '../errors.ts'
import { isNumber, classOf, equal, inspect, toText } from '../semantics.ts'
import { toIndex } from '../numbers.ts'
import type { RMatch, RRegexp } from '../value.ts'
import { RHash, RString, RSymbol, type Value } from '../value.ts'
import { aliases, def, table, text, textOf, type Method, type MethodTable } from './method.ts'
import { remember } from './string.ts'
import { characterIndex } from './string-text.ts'

const re = def<RRegexp>

/** Text to search in; `nil` does not match. */
function subjectOf(value: Value | undefined): string | undefined {
  if (value === null || value === undefined) return undefined
  return value instanceof RSymbol ? value.name : textOf(value)
}

const regexpOnly: Record<string, Method> = {
  '=~': re(1, 1, (m, self, [value]) => {
    const subject = subjectOf(value)
    if (subject === undefined) {
      m.lastMatch = null
      return null
    }
    const match = remember(m, self, subject, self.search(subject, 0))
    return match === null ? null : characterIndex(subject, match.index)
  }),
  match: re(1, 2, (m, self, [value], block) => {
    const subject = subjectOf(value)
    const match = subject === undefined ? null : remember(m, self, subject, self.search(subject, 0))
    if (match === null) m.lastMatch = null
    return match !== null && block !== undefined ? block.call([match]) : match
  }),
  'match?': re(1, 2, (_m, self, [value]) => {
    const subject = subjectOf(value)
    return subject !== undefined && self.search(subject, 0) !== undefined
  }),
  '===': re(1, 1, (m, self, [value]) => {
    if (!(value instanceof RString) && !(value instanceof RSymbol)) return false
    const subject = toText(value)
    return remember(m, self, subject, self.search(subject, 0)) !== null
  }),
  '==': re(1, 1, (_m, self, [other = null]) => equal(self, other)),
  source: re(0, 0, (_m, self) => text(self.regexp.source)),
  to_s: re(0, 0, (_m, self) => text(`(?-mix:${self.regexp.source})`)),
  inspect: re(0, 0, (_m, self) => text(inspect(self))),
  names: re(0, 0, (_m, self) => self.regexp.names.flatMap((name) => (name === undefined ? [] : [text(name)]))),
  'casefold?': re(0, 0, (_m, self) => self.regexp.flags.ignoreCase === true),
  options: re(
    0,
    0,
    (_m, self) =>
      (self.regexp.flags.ignoreCase === true ? 1 : 0) +
      (self.regexp.flags.extended === true ? 2 : 0) +
      (self.regexp.flags.dotAll === true ? 4 : 0),
  ),
}

export const regexpMethods: MethodTable = table(regexpOnly, aliases(regexpOnly, { 'eql?': '==' }))

const match = def<RMatch>

export function groupOf(self: RMatch, which: Value): string | undefined {
  if (isNumber(which)) return self.groups[toIndex(which) < 0 ? self.groups.length + toIndex(which) : toIndex(which)]
  if (!(which instanceof RString) && !(which instanceof RSymbol))
    return raise(TypeErrorClass, `no implicit conversion of ${classOf(which).name} into Integer`)
  // Of groups with one name the last that took part counts.
  const indices = self.names.flatMap((name, index) => (name === toText(which) ? [index] : []))
  return self.groups[indices.findLast((index) => self.groups[index] !== undefined) ?? indices.at(-1) ?? -1]
}

const orNil = (value: string | undefined): Value => (value === undefined ? null : text(value))

const matchOnly: Record<string, Method> = {
  '[]': match(1, 2, (_m, self, [which = null]) => orNil(groupOf(self, which))),
  captures: match(0, 0, (_m, self) => self.groups.slice(1).map(orNil)),
  named_captures: match(0, 0, (_m, self) =>
    RHash.of(self.names.flatMap((name) => (name === undefined ? [] : [[text(name), orNil(groupOf(self, text(name)))] as const]))),
  ),
  names: match(0, 0, (_m, self) => self.names.flatMap((name) => (name === undefined ? [] : [text(name)]))),
  to_a: match(0, 0, (_m, self) => self.groups.map(orNil)),
  values_at: match(0, Infinity, (_m, self, places) => places.map((place) => orNil(groupOf(self, place)))),
  pre_match: match(0, 0, (_m, self) => text(self.text.slice(0, self.index))),
  post_match: match(0, 0, (_m, self) => text(self.text.slice(self.end))),
  begin: match(1, 1, (_m, self) => characterIndex(self.text, self.index)),
  end: match(1, 1, (_m, self) => characterIndex(self.text, self.end)),
  offset: match(1, 1, (_m, self) => [characterIndex(self.text, self.index), characterIndex(self.text, self.end)]),
  size: match(0, 0, (_m, self) => self.groups.length),
  string: match(0, 0, (_m, self) => text(self.text)),
  to_s: match(0, 0, (_m, self) => text(self.groups[0] ?? '')),
  inspect: match(0, 0, (_m, self) => text(inspect(self))),
}

export const matchMethods: MethodTable = table(matchOnly, aliases(matchOnly, { length: 'size' }))
