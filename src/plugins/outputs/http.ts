import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { readFile } from 'node:fs/promises'
import { gzip } from 'node:zlib'
import { promisify } from 'node:util'
import { z } from 'zod'
import type { Event, Fields } from '../../core/event.ts'
import { fieldText, printFields } from '../../core/event-json.ts'
import { reasonOf } from '../../core/reason.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { javaStore, javaTlsOptions } from '../java-tls.ts'
import { choice, flag, hash, ignored, integer, list, number, password, path, refused, text, textHash } from '../options.ts'
import { defineOutput } from '../plugin.ts'
import { Trouble } from '../trouble.ts'
import { waitOrAbort } from '../wait.ts'

const compress = promisify(gzip)
const MAX_WAIT_MS = 60_000

const config = z.strictObject({
  url: text().describe('Where events go, with references.'),
  http_method: choice('put', 'post', 'patch', 'delete', 'get', 'head').describe('Method of the requests.'),
  format: choice('json', 'json_batch', 'form', 'message')
    .default('json')
    .describe('Body: an event, a list of all, a form, or `message`.'),
  message: text().optional().describe('The body for the format message, with references.'),
  mapping: hash().optional().describe('What the body says instead of the event; values may be references.'),
  content_type: text().optional().describe('Type of the body. By its format when absent.'),
  headers: textHash().default({}).describe('Headers, with references.'),
  http_compression: flag().default(false).describe('Whether bodies are compressed.'),
  user: text().optional().describe('User for basic authentication.'),
  password: password().optional().describe('Their password.'),
  retry_failed: flag().default(true).describe('Whether requests that failed for the moment are sent again.'),
  automatic_retries: ignored('requests are sent again as retry_failed says'),
  retry_non_idempotent: ignored('requests are sent again as retry_failed says'),
  retryable_codes: list().default(['429', '500', '502', '503', '504']).describe('Statuses that are for the moment.'),
  ignorable_codes: list().default([]).describe('Statuses that are taken for good.'),
  request_timeout: number({ min: 0 }).default(60).describe('Seconds until an answer must be there.'),
  connect_timeout: ignored('request_timeout is the limit of all of it'),
  socket_timeout: ignored('request_timeout is the limit of all of it'),
  pool_max: integer({ min: 1 }).default(50).describe('Most connections.'),
  pool_max_per_route: ignored('pool_max is the limit'),
  keepalive: flag().default(true).describe('Whether connections are used again.'),
  follow_redirects: ignored('an answer that leads elsewhere is a failure'),
  validate_after_inactivity: ignored('connections are renewed by themselves'),
  cacert: path().optional().meta({ option: 'path', aliasOf: 'ssl_certificate_authorities' }).describe('Older name.'),
  ssl_certificate_authorities: list().default([]).describe('Certificates that are trusted, as PEM files.'),
  client_cert: path().optional().meta({ option: 'path', aliasOf: 'ssl_certificate' }).describe('Older name.'),
  ssl_certificate: path().optional().describe('Certificate to log in with, as a PEM file.'),
  client_key: path().optional().meta({ option: 'path', aliasOf: 'ssl_key' }).describe('Older name.'),
  ssl_key: path().optional().describe('Its key.'),
  ...javaTlsOptions,
  keystore: javaStore,
  keystore_password: javaStore,
  keystore_type: javaStore,
  truststore: javaStore,
  truststore_password: javaStore,
  truststore_type: javaStore,
  ssl_enabled: ignored('TLS is spoken where the URL says https'),
  cookies: ignored('no cookies are kept'),
  proxy: refused('requests through a proxy are not made'),
  ssl_verification_mode: choice('full', 'none').default('full').describe("Whether the server's certificate is checked."),
  verify_ssl: flag().optional().describe('Older form of `ssl_verification_mode`.'),
  ssl_certificate_validation: flag().optional().meta({ option: 'boolean', aliasOf: 'verify_ssl' }).describe('Likewise.'),
  ecs_compatibility: ecsCompatibility(),
})

type Options = z.output<typeof config>

const CONTENT_TYPES = {
  json: 'application/json',
  json_batch: 'application/json',
  form: 'application/x-www-form-urlencoded',
  message: 'text/plain',
}

export const http = defineOutput({
  name: 'http',
  summary: 'Sends events over HTTP.',
  config,
  examples: [{ title: 'JSON to a hook', config: { url: 'https://example.org/hook', http_method: 'post' } }],
  defaultCodec: 'plain',
  create(options, context) {
    const { log, signal } = context
    const url = compileTemplate(options.url)
    const bodyOf = compileBody(options)
    const headers = Object.entries(options.headers).map(([name, value]) => ({ name, value: compileTemplate(value) }))
    const retryable = new Set(options.retryable_codes.map(Number))
    const ignorable = new Set(options.ignorable_codes.map(Number))
    const pool = { keepAlive: options.keepalive, maxSockets: options.pool_max }
    const plainAgent = new HttpAgent(pool)
    let secureAgent = new HttpsAgent(pool)

    const send = async (event: Event, body: string): Promise<number> => {
      const bytes = options.http_compression ? await compress(body) : Buffer.from(body)
      const target = new URL(url.print(event))
      const secure = target.protocol === 'https:'
      return new Promise((resolve, reject) => {
        const request = (secure ? httpsRequest : httpRequest)(
          target,
          {
            method: options.http_method.toUpperCase(),
            agent: secure ? secureAgent : plainAgent,
            timeout: options.request_timeout * 1000,
            headers: {
              'content-type': options.content_type ?? CONTENT_TYPES[options.format],
              'content-length': bytes.length,
              ...(options.http_compression && { 'content-encoding': 'gzip' }),
              ...(options.user !== undefined && {
                authorization: `Basic ${Buffer.from(`${options.user}:${options.password ?? ''}`).toString('base64')}`,
              }),
              ...Object.fromEntries(headers.map(({ name, value }) => [name, value.print(event)])),
            },
          },
          (response) => {
            response.resume().on('end', () => resolve(response.statusCode ?? 0))
            response.on('error', reject)
          },
        )
        request.on('timeout', () => request.destroy(new Error(`no answer within ${options.request_timeout} s`)))
        request.on('error', reject)
        request.end(bytes)
      })
    }

    const trouble = new Trouble(log, { url: options.url })
    /** Sends until it is taken, or is refused for good. */
    const deliver = async (events: readonly Event[], body: string): Promise<void> => {
      const [first] = events
      if (first === undefined) return
      for (let attempt = 0; ; attempt++) {
        let reason: string
        try {
          const status = await send(first, body)
          if ((status >= 200 && status < 300) || ignorable.has(status)) {
            trouble.works()
            return
          }
          reason = `the server answers ${status}`
          if (!retryable.has(status) || !options.retry_failed) {
            trouble.tell('events are refused', reason)
            for (const event of events) await context.deadLetter(event, { type: 'http_status', reason, status })
            return
          }
        } catch (error) {
          signal.throwIfAborted()
          reason = reasonOf(error)
          if (!options.retry_failed) {
            for (const event of events) await context.deadLetter(event, { type: 'http_failure', reason })
            return
          }
        }
        trouble.tell('sending failed: it is tried again', reason)
        await waitOrAbort(Math.min(500 * 2 ** attempt, MAX_WAIT_MS), signal)
      }
    }

    return {
      async start() {
        const read = async (file: string | undefined): Promise<Buffer | undefined> =>
          file === undefined ? undefined : readFile(file)
        secureAgent = new HttpsAgent({
          ...pool,
          cert: await read(options.ssl_certificate),
          key: await read(options.ssl_key),
          ...(options.ssl_certificate_authorities.length > 0 && {
            ca: await Promise.all(options.ssl_certificate_authorities.map((one) => readFile(one))),
          }),
          rejectUnauthorized: options.ssl_verification_mode === 'full' && options.verify_ssl !== false,
        })
      },
      async write(events) {
        if (options.format === 'json_batch') await deliver(events, `[${events.map(bodyOf).join(',')}]`)
        else await Promise.all(events.map((event) => deliver([event], bodyOf(event))))
      },
      close() {
        plainAgent.destroy()
        secureAgent.destroy()
        return Promise.resolve()
      },
    }
  },
})

function compileBody({ format, message, mapping }: Options): (event: Event) => string {
  if (format === 'message') {
    const template = compileTemplate(message ?? '%{message}')
    return (event) => template.print(event)
  }
  const mapped =
    mapping === undefined
      ? undefined
      : Object.entries(mapping).map(([name, value]) => ({
          name: compileTemplate(name),
          value: compileTemplate(fieldText(value)),
        }))
  const fieldsOf = (event: Event): Fields =>
    mapped === undefined
      ? event.fields
      : Object.fromEntries(mapped.map(({ name, value }) => [name.print(event), value.print(event)]))
  if (format !== 'form') return (event) => printFields(fieldsOf(event))
  return (event) => {
    const fields = fieldsOf(event)
    const form = new URLSearchParams()
    for (const name of Object.keys(fields)) form.append(name, fieldText(fields[name] ?? null))
    return form.toString()
  }
}
