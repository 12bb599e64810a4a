import { z } from 'zod'
import { addTag, type Event } from '../../../core/event.ts'
import { fieldText } from '../../../core/event-json.ts'
import { fieldPath } from '../../../core/field-path.ts'
import { isMemcachedKey } from '../../../protocols/memcached/replies.ts'
import { compileTemplate } from '../../../script/sprintf.ts'
import { AnswerCache } from '../../answer-cache.ts'
import { integer, list, number, text, textHash } from '../../options.ts'
import { defineFilter, type FilterResult } from '../../plugin.ts'
import { MemcachedClient, parseMemcachedHost } from './client.ts'
import { serverRing } from './ring.ts'
import { Trouble } from '../../trouble.ts'

const config = z.strictObject({
  hosts: list().default(['localhost']).describe('Servers, with `:port` where it is not 11211. Several share the keys.'),
  namespace: text().optional().describe('Stands, with a colon, before every key.'),
  get: textHash().default({}).describe('Keys, with references to fields, and the field that gets what is kept under each.'),
  set: textHash().default({}).describe('Fields, and the key, with references to fields, under which each is kept.'),
  ttl: integer({ min: 0 }).default(0).describe('Seconds after which what was set is forgotten. 0: never.'),
  tag_on_failure: text().default('_memcached_failure').describe('Tag of events for which no server answered.'),
  lru_cache_ttl: number({ min: 0 }).default(0).describe('Seconds for which answers are remembered here. 0: not at all.'),
  lru_cache_max_size: integer({ min: 0 }).default(1024).describe('How many are.'),
})

export const memcached = defineFilter({
  name: 'memcached',
  summary: 'Looks values up in memcached, and puts values there. First it sets, then it gets.',
  config,
  examples: [
    {
      title: 'What is kept about a host',
      config: { hosts: ['127.0.0.1:1'], namespace: 'threats', get: { 'hostname:%{[hostname]}': '[threats][host]' } },
      in: { hostname: 'no one answers' },
      out: { hostname: 'no one answers', tags: ['_memcached_failure'] },
    },
  ],
  create(options, { clock, log }) {
    if (options.hosts.length === 0) throw new Error('[memcached] hosts: name at least one server')
    const addresses = options.hosts.map(parseMemcachedHost)
    const clients = addresses.map((address) => new MemcachedClient(address))
    const serverOf = serverRing(addresses.map(({ host, port }) => `${host}:${port}`))
    const remembered = new AnswerCache<string | undefined>(
      clock,
      options.lru_cache_ttl > 0 ? options.lru_cache_max_size : 0,
      options.lru_cache_ttl * 1000,
    )
    const prefix = options.namespace === undefined || options.namespace === '' ? '' : `${options.namespace}:`
    const gets = Object.entries(options.get).map(([key, field]) => ({ key: compileTemplate(key), field: fieldPath(field) }))
    const sets = Object.entries(options.set).map(([field, key]) => ({ key: compileTemplate(key), field: fieldPath(field) }))

    const keyOf = (written: string): string => {
      const key = prefix + written
      if (!isMemcachedKey(key)) throw new Error(`[${key}] cannot be a key: it has blanks, or more than 250 bytes`)
      return key
    }
    const clientOf = (key: string): MemcachedClient => clients[serverOf(key)] as MemcachedClient

    const trouble = new Trouble(log, { hosts: options.hosts })
    const setAll = async (event: Event): Promise<boolean> => {
      const values = sets.flatMap(({ key, field }) => {
        const value = field.get(event)
        return value === undefined || value === null ? [] : [{ key: keyOf(key.print(event)), value: fieldText(value) }]
      })
      await Promise.all(values.map(({ key, value }) => clientOf(key).set(key, value, options.ttl)))
      return values.length > 0
    }
    const find = async (key: string): Promise<string | undefined> => {
      const known = remembered.get(key)
      if (known !== undefined) return known.answer
      const answer = (await clientOf(key).get([key])).get(key)
      remembered.set(key, answer)
      return answer
    }
    const getAll = async (event: Event): Promise<boolean> => {
      const found = await Promise.all(gets.map(({ key }) => find(keyOf(key.print(event)))))
      for (const [index, value] of found.entries()) if (value !== undefined) gets[index]?.field.set(event, value)
      return found.some((value) => value !== undefined)
    }
    const apply = async (event: Event): Promise<FilterResult> => {
      try {
        // Both are sent at once: a server answers in the order in which it is asked.
        const [set, got] = await Promise.all([setAll(event), getAll(event)])
        trouble.works()
        return set || got ? 'matched' : 'unmatched'
      } catch (error) {
        trouble.tell('memcached failed', error)
        addTag(event, options.tag_on_failure)
        return 'unmatched'
      }
    }
    return {
      processBatch: (events) => Promise.all(events.map(apply)),
      close() {
        for (const client of clients) client.close()
        return Promise.resolve()
      },
    }
  },
})
