import { filterCovers, filtersOverlap, isTopicFilter, topicMatches } from '../../../protocols/mqtt/topics.ts'

/** What one client may do with topics. */
export interface TopicRights {
  mayPublish(topic: string): boolean
  mayReceive(topic: string): boolean
  /** How much of what a filter matches the client may receive. */
  share(filter: string): 'all' | 'some' | 'none'
}

type Access = 'read' | 'write' | 'readwrite' | 'deny'

interface Rule {
  readonly access: Access
  readonly filter: string
}

/** A line of rules, and where it stands, for errors. */
export interface AclLine {
  readonly text: string
  readonly place: string
}

/**
 * Who may use which topics, in the language of Mosquitto's `acl_file`: `user NAME`, then `topic [read|write|readwrite|deny]
 * FILTER` lines that hold for this user; `topic` lines before the first user hold for clients without a name; `pattern`
 * lines hold for everybody, `%u` standing for the user name and `%c` for the client id. What no line allows is refused, and
 * `deny` goes before all others.
 */
export class TopicAcl {
  readonly #users: ReadonlyMap<string, readonly Rule[]>
  readonly #anonymous: readonly Rule[]
  readonly #patterns: readonly Rule[]

  /** @throws Error naming every line that cannot be read */
  constructor(lines: Iterable<AclLine>) {
    const users = new Map<string, Rule[]>()
    const anonymous: Rule[] = []
    const patterns: Rule[] = []
    const problems: string[] = []
    let current = anonymous
    for (const { text, place } of lines) {
      const line = text.trim()
      if (line === '' || line.startsWith('#')) continue
      const [, word = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(line) ?? []
      if (word === 'user' && rest !== '') {
        current = users.get(rest) ?? []
        users.set(rest, current)
      } else if (word === 'topic' || word === 'pattern') {
        const rule = parseRule(rest)
        if (typeof rule === 'string') problems.push(`${place}: [${line}]: ${rule}`)
        else (word === 'topic' ? current : patterns).push(rule)
      } else problems.push(`${place}: [${line}]: expected [user NAME], [topic ACCESS FILTER] or [pattern ACCESS FILTER]`)
    }
    if (problems.length > 0) throw new Error(problems.join('\n'))
    this.#users = users
    this.#anonymous = anonymous
    this.#patterns = patterns
  }

  /** @param user `undefined` for a client without a name */
  rightsOf(user: string | undefined, clientId: string): TopicRights {
    const own = user === undefined ? this.#anonymous : (this.#users.get(user) ?? [])
    const rules = [...own, ...this.#patterns.flatMap((rule) => filledIn(rule, user, clientId))]
    const filters = (...wanted: Access[]): string[] =>
      rules.filter(({ access }) => wanted.includes(access)).map(({ filter }) => filter)
    const denied = filters('deny')
    const readable = filters('read', 'readwrite')
    const writable = filters('write', 'readwrite')
    const allows = (granted: readonly string[], topic: string): boolean =>
      granted.some((filter) => topicMatches(filter, topic)) && !denied.some((filter) => topicMatches(filter, topic))
    return {
      mayPublish: (topic) => allows(writable, topic),
      mayReceive: (topic) => allows(readable, topic),
      share(filter) {
        if (denied.some((one) => filterCovers(one, filter)) || !readable.some((one) => filtersOverlap(one, filter))) return 'none'
        const whole = readable.some((one) => filterCovers(one, filter))
        return whole && !denied.some((one) => filtersOverlap(one, filter)) ? 'all' : 'some'
      },
    }
  }
}

/** Answers what is wrong with a line. */
function parseRule(text: string): Rule | string {
  const [, access, filter = ''] = /^(?:(read|write|readwrite|deny)\s+)?(.*)$/s.exec(text) ?? []
  if (filter === '') return 'expected a topic filter'
  if (!isTopicFilter(filter)) return `[${filter}] is no topic filter: + and # stand for whole levels, # only for the last`
  return { access: (access ?? 'readwrite') as Access, filter }
}

/** A name with wildcards or levels in it must not widen what a pattern allows; nobody has no name. */
function filledIn({ access, filter }: Rule, user: string | undefined, clientId: string): Rule[] {
  const names: Readonly<Record<string, string | undefined>> = { '%u': user, '%c': clientId }
  let usable = true
  const filled = filter.replaceAll(/%[uc]/g, (place) => {
    const name = names[place]
    if (name === undefined || name === '' || /[+#/]/.test(name)) usable = false
    return name ?? ''
  })
  return usable ? [{ access, filter: filled }] : []
}
