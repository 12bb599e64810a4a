import type { Qos } from '../../../protocols/mqtt/packet.ts'
import { parseSharedFilter } from '../../../protocols/mqtt/topics.ts'

/** How a subscriber wants the messages of one filter. */
export interface SubscriptionOptions {
  readonly qos: Qos
  readonly noLocal: boolean
  readonly retainAsPublished: boolean
  /** Identifier of MQTT 5; it is sent along with each message. */
  readonly identifier: number | undefined
}

/** A subscriber of a topic, with all of its filters that match taken together. */
export interface Target<S> {
  readonly subscriber: S
  /** The highest of its filters. */
  readonly qos: Qos
  /** No filter of it takes messages of the client itself. */
  readonly noLocal: boolean
  readonly retainAsPublished: boolean
  readonly identifiers: readonly number[]
}

/** Members of a shared subscription: one of them gets each message, in turn. */
export interface SharedGroup<S> {
  readonly name: string
  readonly members: readonly { readonly subscriber: S; readonly options: SubscriptionOptions }[]
  /** Place of the member that is next. */
  next: number
}

/** Who gets the messages of a topic. */
export interface Route<S> {
  readonly targets: readonly Target<S>[]
  readonly groups: readonly SharedGroup<S>[]
}

interface Node<S> {
  readonly children: Map<string, Node<S>>
  readonly subscriptions: Map<S, SubscriptionOptions>
  readonly groups: Map<string, MutableGroup<S>>
}

interface MutableGroup<S> extends SharedGroup<S> {
  readonly members: { readonly subscriber: S; readonly options: SubscriptionOptions }[]
}

const MAX_CACHED_ROUTES = 20_000

/**
 * Subscriptions by the levels of their filters. Routes are kept until any subscription changes; `epoch` tells whether a
 * route that someone else kept still holds.
 */
export class SubscriptionTree<S> {
  epoch = 0
  #root: Node<S> = newNode()
  #routes = new Map<string, Route<S>>()
  #count = 0

  /** Subscriptions of all subscribers. */
  get size(): number {
    return this.#count
  }

  /** Answers whether the subscription is new; else its options were replaced. */
  add(filter: string, subscriber: S, options: SubscriptionOptions): boolean {
    this.#changed()
    const shared = parseSharedFilter(filter)
    const node = this.#nodeOf(typeof shared === 'object' ? shared.filter : filter)
    if (typeof shared !== 'object') {
      const isNew = !node.subscriptions.has(subscriber)
      node.subscriptions.set(subscriber, options)
      if (isNew) this.#count += 1
      return isNew
    }
    let group = node.groups.get(shared.group)
    if (group === undefined) node.groups.set(shared.group, (group = { name: shared.group, members: [], next: 0 }))
    const place = group.members.findIndex((member) => member.subscriber === subscriber)
    if (place >= 0) {
      group.members[place] = { subscriber, options }
      return false
    }
    group.members.push({ subscriber, options })
    this.#count += 1
    return true
  }

  /** Answers whether there was such a subscription. */
  remove(filter: string, subscriber: S): boolean {
    const shared = parseSharedFilter(filter)
    const levels = (typeof shared === 'object' ? shared.filter : filter).split('/')
    const path: Node<S>[] = [this.#root]
    for (const level of levels) {
      const next = path.at(-1)?.children.get(level)
      if (next === undefined) return false
      path.push(next)
    }
    const node = path.at(-1)
    if (node === undefined) return false
    if (typeof shared === 'object') {
      const group = node.groups.get(shared.group)
      const place = group?.members.findIndex((member) => member.subscriber === subscriber) ?? -1
      if (group === undefined || place < 0) return false
      group.members.splice(place, 1)
      if (group.members.length === 0) node.groups.delete(shared.group)
    } else if (!node.subscriptions.delete(subscriber)) return false
    this.#count -= 1
    // Nodes that nobody needs any more go, or 100,000 topics of the past would stay.
    for (let depth = levels.length; depth > 0; depth--) {
      const last = path[depth]
      if (last === undefined || last.children.size + last.subscriptions.size + last.groups.size > 0) break
      path[depth - 1]?.children.delete(levels[depth - 1] ?? '')
    }
    this.#changed()
    return true
  }

  route(topic: string): Route<S> {
    const known = this.#routes.get(topic)
    if (known !== undefined) return known
    const route = this.#find(topic)
    if (this.#routes.size >= MAX_CACHED_ROUTES) this.#routes.clear()
    this.#routes.set(topic, route)
    return route
  }

  /** What was asked of the tree before does not hold any more. */
  forgetRoutes(): void {
    this.#changed()
  }

  #changed(): void {
    this.epoch += 1
    this.#routes.clear()
  }

  #nodeOf(filter: string): Node<S> {
    let node = this.#root
    for (const level of filter.split('/')) {
      let next = node.children.get(level)
      if (next === undefined) node.children.set(level, (next = newNode()))
      node = next
    }
    return node
  }

  #find(topic: string): Route<S> {
    const targets = new Map<S, Target<S>>()
    const groups: SharedGroup<S>[] = []
    const take = (node: Node<S>): void => {
      for (const [subscriber, options] of node.subscriptions)
        targets.set(subscriber, joined(targets.get(subscriber), subscriber, options))
      groups.push(...node.groups.values())
    }
    const levels = topic.split('/')
    const visit = (node: Node<S>, depth: number): void => {
      const wild = depth > 0 || !topic.startsWith('$')
      const rest = wild ? node.children.get('#') : undefined
      if (rest !== undefined) take(rest)
      if (depth === levels.length) {
        take(node)
        return
      }
      const exact = node.children.get(levels[depth] ?? '')
      if (exact !== undefined) visit(exact, depth + 1)
      const plus = wild ? node.children.get('+') : undefined
      if (plus !== undefined) visit(plus, depth + 1)
    }
    visit(this.#root, 0)
    return { targets: [...targets.values()], groups }
  }
}

function newNode<S>(): Node<S> {
  return { children: new Map(), subscriptions: new Map(), groups: new Map() }
}

function joined<S>(before: Target<S> | undefined, subscriber: S, options: SubscriptionOptions): Target<S> {
  const identifiers = options.identifier === undefined ? [] : [options.identifier]
  if (before === undefined) {
    return { subscriber, qos: options.qos, noLocal: options.noLocal, retainAsPublished: options.retainAsPublished, identifiers }
  }
  return {
    subscriber,
    qos: before.qos > options.qos ? before.qos : options.qos,
    noLocal: before.noLocal && options.noLocal,
    retainAsPublished: before.retainAsPublished || options.retainAsPublished,
    identifiers: [...before.identifiers, ...identifiers],
  }
}
