/*
 * Values of `version` fields: how they sort, a separator that no key has, and the version as it was written. So the order
 * of versions is that of texts, and what is asked about their text is asked about what stands behind the separator.
 */

const SEPARATOR = '\t'
/** Semantic Versioning 2.0.0, also with fewer or more than three numbers, as Elasticsearch takes them. */
const VERSION = /^(\d+(?:\.\d+)*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(\+[0-9A-Za-z.-]+)?$/
const LONGEST_NUMBER = 99

/** What a version field holds for a text. Texts that are no versions sort behind all that are. */
export function encodeVersion(text: string): string {
  return `${sortKey(text)}${SEPARATOR}${text}`
}

export function decodeVersion(value: string): string {
  return value.slice(value.indexOf(SEPARATOR) + 1)
}

/** The beginning of all values with this text: for patterns over them. */
export const ANY_SORT_KEY = `*${SEPARATOR}`

function sortKey(text: string): string {
  const [, numbers, preRelease, build] = VERSION.exec(text) ?? []
  if (numbers === undefined) return '~'
  const release = numbers.split('.').map(numberKey).join('.')
  // `!` stands before all that a name may have, `-` too. A release comes behind its previews; what was built later is told apart by its name.
  const preview = preRelease === undefined ? '~' : `-${preRelease.split('.').map(identifierKey).join('!')}`
  return `0${release} ${preview} ${build ?? ''}`
}

/** Numbers by size: how many digits, then the digits. */
function numberKey(digits: string): string {
  const plain = digits.replace(/^0+(?=\d)/, '')
  return `${String(Math.min(plain.length, LONGEST_NUMBER)).padStart(2, '0')}${plain}`
}

/** Numbers come before names. */
function identifierKey(identifier: string): string {
  return /^\d+$/.test(identifier) ? `0${numberKey(identifier)}` : `1${identifier}`
}
