import type { Random } from './random.ts'

/** Few words, so that random questions find something: plain ones, ones with a stem in common, and other scripts. */
const WORDS = [
  'disk', 'disks', 'full', 'error', 'errors', 'warn', 'warning', 'ok', 'failed', 'failing', 'failure', 'quick', 'brown', 'fox',
  'the', 'a', 'and', 'pump', 'pumps', 'valve', 'motor', 'Motor', 'ERROR', 'line-7', 'line_7', 'x42', '42', '3.14', "o'brien",
  'Müller', 'naïve', 'straße', '温度', 'температура', '😀', 'foo.bar', 'user@example.com', 'running', 'runs', 'gamma',
] as const // prettier-ignore

/** Values of keyword fields: prefixes of each other, cases, emptiness, other scripts. */
const KEYWORDS = [
  'a', 'ab', 'abc', 'abd', 'b', 'B', 'Z', 'ü', 'host-1', 'host-2', 'host-10', 'HOST-1', 'x y', '', '温度', '😀x', '42', '0', 'true',
  'a.b', 'a*b', 'long-long-long-long-value',
] as const // prettier-ignore

export const word = (random: Random): string => random.pick(WORDS)

export const sentence = (random: Random, from = 1, to = 9): string =>
  random.times(from, to, () => word(random)).join(random.pick([' ', ' ', ' ', ', ']))

export const keyword = (random: Random): string => random.pick(KEYWORDS)
