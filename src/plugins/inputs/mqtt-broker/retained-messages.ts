import type { EpochMillis } from '../../../core/time.ts'
import { isExpired, messageBytes, type Message } from './message.ts'

interface Node {
  readonly children: Map<string, Node>
  message: Message | undefined
}

export interface RetainedLimits {
  readonly maxMessages: number
  readonly maxBytes: number
}

/** The last retained message of each topic. Full means: new topics are refused, those that are there can still change. */
export class RetainedMessages {
  readonly #limits: RetainedLimits
  readonly #root: Node = { children: new Map(), message: undefined }
  /** Where the search for messages whose time is over stands. */
  #walk: Iterator<Message> | undefined
  #count = 0
  #bytes = 0

  constructor(limits: RetainedLimits) {
    this.#limits = limits
  }

  get size(): number {
    return this.#count
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Keeps a message; one without payload clears its topic [MQTT-3.3.1-10]. Answers `false` when there is no room. */
  set(message: Message): boolean {
    if (message.payload.length === 0) {
      this.#remove(message.topic)
      return true
    }
    const before = this.#find(message.topic)?.message
    const bytes = this.#bytes + messageBytes(message) - (before === undefined ? 0 : messageBytes(before))
    if ((before === undefined && this.#count >= this.#limits.maxMessages) || bytes > this.#limits.maxBytes) return false
    let node = this.#root
    for (const level of message.topic.split('/')) {
      let next = node.children.get(level)
      if (next === undefined) node.children.set(level, (next = { children: new Map(), message: undefined }))
      node = next
    }
    node.message = message
    if (before === undefined) this.#count += 1
    this.#bytes = bytes
    return true
  }

  get(topic: string): Message | undefined {
    return this.#find(topic)?.message
  }

  /** Messages of the topics that a filter matches, without those that expired. */
  *matching(filter: string, now: EpochMillis): Generator<Message> {
    const levels = filter.split('/')
    yield* this.#visit(this.#root, levels, 0, now)
  }

  /** Looks at some messages, at each call at the next ones, and forgets those whose time is over. */
  expire(now: EpochMillis, atMost: number): void {
    this.#walk ??= this.#all(this.#root)
    for (let looked = 0; looked < atMost; looked++) {
      const next = this.#walk.next()
      if (next.done === true) {
        this.#walk = undefined
        return
      }
      if (isExpired(next.value, now)) this.#remove(next.value.topic)
    }
  }

  all(): Generator<Message> {
    return this.#all(this.#root)
  }

  *#all(node: Node): Generator<Message> {
    if (node.message !== undefined) yield node.message
    for (const child of node.children.values()) yield* this.#all(child)
  }

  *#visit(node: Node, levels: readonly string[], depth: number, now: EpochMillis): Generator<Message> {
    const level = levels[depth]
    if (level === undefined) {
      if (node.message !== undefined && !isExpired(node.message, now)) yield node.message
      return
    }
    if (level === '#') {
      // `a/#` also matches `a`.
      if (node.message !== undefined && depth > 0 && !isExpired(node.message, now)) yield node.message
      for (const [name, child] of node.children) if (depth > 0 || !name.startsWith('$')) yield* this.#live(child, now)
      return
    }
    if (level === '+') {
      for (const [name, child] of node.children)
        if (depth > 0 || !name.startsWith('$')) yield* this.#visit(child, levels, depth + 1, now)
      return
    }
    const child = node.children.get(level)
    if (child !== undefined) yield* this.#visit(child, levels, depth + 1, now)
  }

  *#live(node: Node, now: EpochMillis): Generator<Message> {
    for (const message of this.#all(node)) if (!isExpired(message, now)) yield message
  }

  #find(topic: string): Node | undefined {
    let node: Node | undefined = this.#root
    for (const level of topic.split('/')) node = node?.children.get(level)
    return node
  }

  #remove(topic: string): void {
    const levels = topic.split('/')
    const path: Node[] = [this.#root]
    for (const level of levels) {
      const next = path.at(-1)?.children.get(level)
      if (next === undefined) return
      path.push(next)
    }
    const node = path.at(-1)
    if (node?.message === undefined) return
    this.#count -= 1
    this.#bytes -= messageBytes(node.message)
    node.message = undefined
    for (let depth = levels.length; depth > 0; depth--) {
      const last = path[depth]
      if (last === undefined || last.message !== undefined || last.children.size > 0) break
      path[depth - 1]?.children.delete(levels[depth - 1] ?? '')
    }
  }
}
