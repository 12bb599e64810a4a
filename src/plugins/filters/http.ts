import { z } from 'zod'
import { addTag, isFields, type Event, type Fields, type FieldValue } from '../../core/event.ts'
import { fieldText, parseEventJson, printValue, toFieldValue } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { reasonOf } from '../../core/reason.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { clientTlsOptions, loadClientTls } from '../client-tls.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { basicAuthorization, sendHttp, type HttpAnswer, type HttpTls } from '../http-client.ts'
import { choice, flag, hash, ignored, integer, list, number, password, refused, text, textHash } from '../options.ts'
import { defineFilter, type FilterResult } from '../plugin.ts'
import { Trouble } from '../trouble.ts'

const MAX_ANSWER_BYTES = 16 * 1024 * 1024

const config = z.strictObject({
  url: text().describe('What is asked for, with references.'),
  verb: choice('GET', 'HEAD', 'PATCH', 'DELETE', 'POST', 'PUT').default('GET').describe('Method of the requests.'),
  headers: textHash().default({}).describe('Headers, with references.'),
  query: textHash().default({}).describe('Parameters of the query, with references.'),
  body: z
    .union([text(), hash()])
    .optional()
    .meta({ option: 'hash' })
    .describe('Body, a text or what becomes JSON, with references.'),
  body_format: choice('text', 'json').default('text').describe('Which type the body is said to have.'),
  target_body: text()
    .optional()
    .describe('Field that gets the answer. `[http][response][body][content]` when absent, `[body]` without ECS.'),
  target_headers: text()
    .optional()
    .describe('Field that gets its headers. Within `[@metadata][filter][http]` when absent, `[headers]` without ECS.'),
  tag_on_request_failure: list().default(['_httprequestfailure']).describe('Tags of events for which there was no good answer.'),
  tag_on_json_failure: list().default(['_jsonparsefailure']).describe('Tags of events whose answer is no JSON, and says so.'),
  user: text().optional().describe('User for basic authentication.'),
  password: password().optional().describe('Their password.'),
  request_timeout: number({ min: 0 }).default(60).describe('Seconds until an answer must be there.'),
  connect_timeout: ignored('it is part of `request_timeout`'),
  socket_timeout: ignored('it is part of `request_timeout`'),
  automatic_retries: integer({ min: 0 }).default(1).describe('How often a request that got no answer is sent again.'),
  retry_non_idempotent: flag().default(false).describe('Whether also POST and PATCH are.'),
  pool_max: integer({ min: 1 }).default(50).describe('How many events of a batch are asked for at once.'),
  pool_max_per_route: ignored('see `pool_max`'),
  keepalive: ignored('connections are used again'),
  cookies: ignored('no cookies are kept'),
  follow_redirects: ignored('an answer that leads elsewhere is a failure'),
  validate_after_inactivity: ignored('connections are renewed by themselves'),
  proxy: refused('requests through a proxy are not made'),
  ssl_enabled: ignored('TLS is spoken where the URL says https'),
  ...clientTlsOptions,
  ecs_compatibility: ecsCompatibility(),
})

export const http = defineFilter({
  name: 'http',
  summary: 'Asks a server over HTTP, and keeps what it answers.',
  config,
  examples: [
    {
      title: 'Nobody answers',
      config: { url: 'http://127.0.0.1:1/devices/%{id}', automatic_retries: 0 },
      in: { id: 'press-07' },
      out: { id: 'press-07', tags: ['_httprequestfailure'] },
    },
  ],
  create(options, { ecs, log }) {
    const isPlain = (options.ecs_compatibility ?? ecs) === 'disabled'
    const targetBody = fieldPath(options.target_body ?? (isPlain ? '[body]' : '[http][response][body][content]'))
    const targetHeaders = fieldPath(
      options.target_headers ?? (isPlain ? '[headers]' : '[@metadata][filter][http][response][headers]'),
    )
    const url = compileTemplate(options.url)
    const templates = (texts: Readonly<Record<string, string>>) =>
      Object.entries(texts).map(([name, value]) => ({ name: compileTemplate(name), value: compileTemplate(value) }))
    const headers = templates(options.headers)
    const query = templates(options.query)
    const given = options.body === undefined ? undefined : toFieldValue(options.body)
    const tries = options.retry_non_idempotent || !/^(?:POST|PATCH)$/.test(options.verb) ? options.automatic_retries + 1 : 1
    let tls: HttpTls = {}

    const bodyOf = (event: Event): string | undefined => {
      if (given === undefined) return undefined
      const body = printed(given, event)
      return isFields(body) || Array.isArray(body) ? printValue(body) : fieldText(body)
    }
    const ask = async (event: Event): Promise<HttpAnswer> => {
      const target = new URL(url.print(event))
      for (const { name, value } of query) target.searchParams.append(name.print(event), value.print(event))
      const body = bodyOf(event)
      const request = {
        url: target,
        method: options.verb,
        headers: {
          ...Object.fromEntries(headers.map(({ name, value }) => [name.print(event).toLowerCase(), value.print(event)])),
          'content-type': options.body_format === 'json' ? 'application/json' : 'text/plain',
          ...(options.user !== undefined && { authorization: basicAuthorization(options.user, options.password ?? '') }),
        },
        ...(body !== undefined && { body }),
        timeoutMs: options.request_timeout * 1000,
        maxAnswerBytes: MAX_ANSWER_BYTES,
        tls,
      }
      for (let left = tries - 1; ; left--) {
        try {
          return await sendHttp(request)
        } catch (error) {
          if (left <= 0) throw error
        }
      }
    }
    const trouble = new Trouble(log, { url: options.url })
    const keep = (event: Event, answer: HttpAnswer): void => {
      targetHeaders.set(event, { ...answer.headers })
      const body = answer.body.toString()
      if (!/^application\/json\s*(?:;|$)/i.test(answer.headers['content-type'] ?? '')) {
        targetBody.set(event, body.trim())
        return
      }
      try {
        targetBody.set(event, parseEventJson(body))
      } catch (error) {
        log.warn({ error: reasonOf(error) }, 'an answer is no JSON')
        addTag(event, ...options.tag_on_json_failure)
      }
    }
    const apply = async (event: Event): Promise<FilterResult> => {
      try {
        const answer = await ask(event)
        if (answer.status < 200 || answer.status > 299) throw new Error(`the answer is ${answer.status} ${answer.message}`)
        trouble.works()
        keep(event, answer)
        return 'matched'
      } catch (error) {
        trouble.tell('a request failed', error)
        addTag(event, ...options.tag_on_request_failure)
        return 'unmatched'
      }
    }
    return {
      async open() {
        tls = await loadClientTls(options)
      },
      async processBatch(events) {
        const results: FilterResult[] = []
        let next = 0
        const askInTurn = async (): Promise<void> => {
          for (let at = next++; at < events.length; at = next++) results[at] = await apply(events[at] as Event)
        }
        await Promise.all(Array.from({ length: Math.min(options.pool_max, events.length) }, askInTurn))
        return results
      },
    }
  },
})

/** A value with its references replaced, those in names, too. */
function printed(value: FieldValue, event: Event): FieldValue {
  if (typeof value === 'string') return compileTemplate(value).print(event)
  if (Array.isArray(value)) return value.map((one) => printed(one, event))
  if (!isFields(value)) return value
  const fields: Fields = {}
  for (const [name, one] of Object.entries(value)) fields[compileTemplate(name).print(event)] = printed(one ?? null, event)
  return fields
}
