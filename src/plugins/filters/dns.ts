import { Resolver } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { z } from 'zod'
import { addTag, type Event, type FieldValue } from '../../core/event.ts'
import { fieldText } from '../../core/event-json.ts'
import { fieldPath, type FieldPath } from '../../core/field-path.ts'
import { AnswerCache } from '../answer-cache.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { choice, integer, list, number } from '../options.ts'
import { defineFilter } from '../plugin.ts'
import { Trouble } from '../trouble.ts'

/** What a question was answered with; `undefined`: there is nothing of that name. */
type Answer = string | undefined

const config = z.strictObject({
  resolve: list().default([]).describe('Fields with names that become addresses.'),
  reverse: list().default([]).describe('Fields with addresses that become names.'),
  action: choice('append', 'replace').default('append').describe('Whether what is found is added to the field or replaces it.'),
  nameserver: list().default([]).describe("Servers to ask. The host's own when absent."),
  timeout: number({ min: 0 }).default(0.5).describe('Seconds that one question may take.'),
  max_retries: integer({ min: 0 }).default(2).describe('How often a question is asked again.'),
  hostsfile: list().default([]).describe('Files of the form of /etc/hosts that are looked at first.'),
  hit_cache_size: integer({ min: 0 }).default(1000).describe('How many answers are remembered.'),
  hit_cache_ttl: number({ min: 0 }).default(60).describe('Seconds for which they are.'),
  failed_cache_size: integer({ min: 0 }).default(1000).describe('How many questions without an answer are remembered.'),
  failed_cache_ttl: number({ min: 0 }).default(5).describe('Seconds for which they are.'),
  tag_on_timeout: list().default(['_dnstimeout']).describe('Tags of events whose question was not answered in time.'),
  ecs_compatibility: ecsCompatibility(),
})

export const dns = defineFilter({
  name: 'dns',
  summary: 'Looks names and addresses up in the DNS.',
  config,
  examples: [
    { title: 'What is no address stays', config: { reverse: ['host'] }, in: { host: 'press-07' }, out: { host: 'press-07' } },
    {
      title: 'What is an address needs no looking up',
      config: { resolve: ['host'], action: 'replace' },
      in: { host: '192.0.2.1' },
      out: { host: '192.0.2.1' },
    },
  ],
  create(options, { clock, log }) {
    const resolver = new Resolver({ timeout: Math.max(1, Math.round(options.timeout * 1000)), tries: options.max_retries + 1 })
    if (options.nameserver.length > 0) resolver.setServers(options.nameserver)
    const hits = new AnswerCache<Answer>(clock, options.hit_cache_size, options.hit_cache_ttl * 1000)
    const misses = new AnswerCache<Answer>(clock, options.failed_cache_size, options.failed_cache_ttl * 1000)
    let hosts: readonly (readonly string[])[] = []

    const ask = async (kind: 'resolve' | 'reverse', question: string): Promise<Answer> => {
      const key = `${kind} ${question}`
      const known = hits.get(key) ?? misses.get(key)
      if (known !== undefined) return known.answer
      const line = hosts.find((names) => (kind === 'resolve' ? names.slice(1).includes(question) : names[0] === question))
      let answer = kind === 'resolve' ? line?.[0] : line?.[1]
      try {
        answer ??= kind === 'resolve' ? await addressOf(resolver, question) : (await resolver.reverse(question))[0]
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? ''
        if (!['ENOTFOUND', 'ENODATA', 'ENOENT', 'EBADNAME', 'ENOTIMP'].includes(code)) throw error
      }
      ;(answer === undefined ? misses : hits).set(key, answer)
      return answer
    }

    const apply = async (event: Event, kind: 'resolve' | 'reverse', path: FieldPath): Promise<boolean> => {
      const value = path.get(event)
      // Of several values none is the one that is meant, as in Logstash.
      const single = Array.isArray(value) && value.length === 1 ? value[0] : value
      if (single === undefined || single === null || Array.isArray(single)) return true
      const question = fieldText(single).trim()
      if (question === '' || (kind === 'resolve') === isIP(question) > 0) return true
      const answer = await ask(kind, question)
      if (answer === undefined) return false
      path.set(event, options.action === 'replace' ? answer : appended(value ?? null, answer))
      return true
    }

    const work = [
      ...options.resolve.map((name) => ({ kind: 'resolve' as const, path: fieldPath(name) })),
      ...options.reverse.map((name) => ({ kind: 'reverse' as const, path: fieldPath(name) })),
    ]
    const trouble = new Trouble(log)
    return {
      async open() {
        hosts = (await Promise.all(options.hostsfile.map((file) => readFile(file, 'utf8')))).flatMap((text) =>
          text.split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/)),
        )
      },
      processBatch: (events) =>
        Promise.all(
          events.map(async (event) => {
            try {
              for (const { kind, path } of work) if (!(await apply(event, kind, path))) return 'unmatched' as const
              trouble.works()
              return 'matched' as const
            } catch (error) {
              trouble.tell('DNS does not answer', error)
              addTag(event, ...options.tag_on_timeout)
              return 'unmatched' as const
            }
          }),
        ),
    }
  },
})

async function addressOf(resolver: Resolver, name: string): Promise<Answer> {
  try {
    return (await resolver.resolve4(name))[0]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENODATA') throw error
    return (await resolver.resolve6(name))[0]
  }
}

const appended = (value: FieldValue, answer: string): FieldValue => [...(Array.isArray(value) ? value : [value]), answer]
