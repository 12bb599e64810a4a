/** Topics deeper than this are refused: each level costs a step in every look-up. */
export const MAX_TOPIC_LEVELS = 128

// Control characters, which §1.5.4 lets a receiver refuse: nothing good is named with them, and logs are read by people.
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0001-\u001f\u007f-\u009f]/

export function hasControlCharacters(text: string): boolean {
  return CONTROL.test(text)
}

/** Whether a text may be the topic of a message: not empty, no wildcard. (UTF-8 and U+0000 were checked.) */
export function isTopicName(topic: string): boolean {
  return topic !== '' && !topic.includes('+') && !topic.includes('#') && levelsOf(topic) <= MAX_TOPIC_LEVELS
}

/** Whether a text may be the filter of a subscription: wildcards take whole levels, `#` only the last (§4.7.1). */
export function isTopicFilter(filter: string): boolean {
  if (filter === '' || levelsOf(filter) > MAX_TOPIC_LEVELS) return false
  const levels = filter.split('/')
  return levels.every((level, index) => {
    if (level.includes('#')) return level === '#' && index === levels.length - 1
    return !level.includes('+') || level === '+'
  })
}

function levelsOf(topic: string): number {
  let count = 1
  for (let at = topic.indexOf('/'); at >= 0; at = topic.indexOf('/', at + 1)) count += 1
  return count
}

export interface SharedFilter {
  readonly group: string
  readonly filter: string
}

/** `$share/group/filter`; `undefined` for a filter of another kind, `invalid` for a broken one (§4.8.2). */
export function parseSharedFilter(filter: string): SharedFilter | 'invalid' | undefined {
  if (!filter.startsWith('$share/')) return undefined
  const slash = filter.indexOf('/', 7)
  if (slash < 0) return 'invalid'
  const group = filter.slice(7, slash)
  const rest = filter.slice(slash + 1)
  return group === '' || /[+#]/.test(group) || !isTopicFilter(rest) ? 'invalid' : { group, filter: rest }
}

/** Whether a filter matches a topic. Wildcards at the first level leave out what begins with `$` [MQTT-4.7.2-1]. */
export function topicMatches(filter: string, topic: string): boolean {
  return filterCovers(filter, topic)
}

/** Whether a filter matches everything that another one does. */
export function filterCovers(outer: string, inner: string): boolean {
  const outerLevels = outer.split('/')
  const innerLevels = inner.split('/')
  if (inner.startsWith('$') && isWild(outerLevels[0])) return false
  for (const [at, level] of outerLevels.entries()) {
    // `a/#` stands for `a`, too.
    if (level === '#') return true
    const other = innerLevels[at]
    if (other === undefined || other === '#' || (level !== '+' && level !== other)) return false
  }
  return innerLevels.length === outerLevels.length
}

/** Whether there is a topic that both filters match. */
export function filtersOverlap(one: string, other: string): boolean {
  const a = one.split('/')
  const b = other.split('/')
  if ((one.startsWith('$') && isWild(b[0])) || (other.startsWith('$') && isWild(a[0]))) return false
  for (let at = 0; ; at++) {
    if (a[at] === '#' || b[at] === '#') return true
    if (a[at] === undefined || b[at] === undefined) return a[at] === b[at]
    if (a[at] !== '+' && b[at] !== '+' && a[at] !== b[at]) return false
  }
}

const isWild = (level: string | undefined): boolean => level === '#' || level === '+'
