import { z } from 'zod'
import { addTag, createEvent, type Event, type Fields } from '../../core/event.ts'
import { fieldPath, type FieldPath } from '../../core/field-path.ts'
import { reasonOf } from '../../core/reason.ts'
import { clientTlsOptions, loadClientTls } from '../client-tls.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { basicAuthorization, sendHttp, type HttpAnswer, type HttpTls } from '../http-client.ts'
import { flag, ignored, integer, number, password, refused, text } from '../options.ts'
import { defineInput, type EventSink } from '../plugin.ts'
import { runScheduled, schedule } from '../schedule.ts'
import { Trouble } from '../trouble.ts'

const MAX_ANSWER_BYTES = 100 * 1024 * 1024
const MAX_REDIRECTS = 5

/** One request, as `urls` writes it: a URL, or a hash with a URL and more. */
const requestSchema = z.preprocess(
  (raw) => (typeof raw === 'string' ? { url: raw } : raw),
  z.strictObject({
    url: z.string(),
    method: z.string().default('get'),
    user: z.string().optional(),
    password: z.string().optional(),
    auth: z.strictObject({ user: z.string(), password: z.string(), eager: z.unknown().optional() }).optional(),
    headers: z.record(z.string(), z.coerce.string()).default({}),
    body: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
    query: z.record(z.string(), z.coerce.string()).default({}),
    params: z.record(z.string(), z.coerce.string()).default({}),
  }),
)

type PollRequest = z.output<typeof requestSchema>

const config = z.strictObject({
  urls: z
    .record(z.string(), requestSchema)
    .meta({ option: 'hash' })
    .describe('Names and what is asked: a URL, or a hash with `url`, `method`, `headers`, `body`, `user` and `password`.'),
  schedule: schedule()
    .optional()
    .describe('When it is asked: `{ every => "30s" }`, `{ cron => "* * * * *" }`, `{ in => "1m" }`.'),
  interval: integer({ min: 1 }).optional().describe('Older form of `schedule`: seconds from one request to the next.'),
  target: text().optional().describe('Field that gets what the codec reads. The root of the event when absent.'),
  metadata_target: text().default('@metadata').describe('Field that gets what is known about request and answer.'),
  user: text().optional().describe('User for basic authentication.'),
  password: password().optional().describe('Their password.'),
  request_timeout: number({ min: 0 }).default(60).describe('Seconds until an answer must be there.'),
  follow_redirects: flag().default(true).describe('Whether an answer that leads elsewhere is followed.'),
  automatic_retries: integer({ min: 0 }).default(1).describe('How often a request that failed is tried again at once.'),
  connect_timeout: ignored('part of request_timeout'),
  socket_timeout: ignored('part of request_timeout'),
  retry_non_idempotent: ignored('every request is tried again'),
  keepalive: ignored('a connection is made for each request'),
  pool_max: ignored('a connection is made for each request'),
  pool_max_per_route: ignored('a connection is made for each request'),
  validate_after_inactivity: ignored('a connection is made for each request'),
  cookies: ignored('no cookies are kept'),
  proxy: refused('requests through a proxy are not made'),
  ssl_enabled: ignored('TLS is spoken where the URL says https'),
  ecs_compatibility: ecsCompatibility(),
  ...clientTlsOptions,
})

export const httpPoller = defineInput({
  name: 'http_poller',
  summary: 'Asks URLs by a schedule and makes events of the answers. A request that fails is an event, too, with a tag.',
  config,
  examples: [
    {
      title: 'The state of a machine, every ten seconds',
      config: { urls: { press: 'http://press-1.plant.example.org/status.json' }, schedule: { every: '10s' } },
    },
  ],
  defaultCodec: 'json',
  create(options, context) {
    const { clock, codec, hostname, log } = context
    const ecs = (options.ecs_compatibility ?? context.ecs) !== 'disabled'
    const target = options.target === undefined ? undefined : fieldPath(options.target)
    const trouble = new Trouble(log)
    const { schedule: asked, interval } = options
    const plan = asked ?? (interval === undefined ? undefined : { kind: 'every' as const, everyMs: interval * 1000 })
    if (plan === undefined) throw new Error('[http_poller] needs the option [schedule]')
    let running: { stop(): Promise<void> } | undefined

    const ask = async (name: string, request: PollRequest, tls: HttpTls, sink: EventSink, signal: AbortSignal): Promise<void> => {
      const started = performance.now()
      let events: Event[]
      try {
        const answer = await send(request, options, tls, signal)
        trouble.works()
        const decoder = codec.decoder()
        events = [...decoder.decode(answer.body), ...decoder.end()]
        if (events.length === 0) events = [createEvent({})]
        for (const event of events) {
          wrap(event, target)
          describe(event, name, request, performance.now() - started, answer)
        }
      } catch (error) {
        if (signal.aborted) return
        const reason = reasonOf(error)
        trouble.tell('a request failed', error, { url_name: name })
        const event = createEvent(
          ecs
            ? { error: { message: reason }, url: { full: request.url } }
            : { http_request_failure: { request: { url: request.url }, name, error: reason } },
        )
        addTag(event, '_http_request_failure')
        describe(event, name, request, performance.now() - started, undefined)
        events = [event]
      }
      if (!sink.push(events)) await sink.ready(signal)
    }
    const metadata = options.metadata_target === '@metadata' ? undefined : fieldPath(options.metadata_target)
    const describe = (
      event: Event,
      name: string,
      { url, method }: PollRequest,
      runtimeMs: number,
      answer: HttpAnswer | undefined,
    ): void => {
      const known: Fields = {
        name,
        host: hostname,
        request: { url, method: method.toLowerCase() },
        requested_at: new Date(clock.now()).toISOString(),
        runtime_seconds: runtimeMs / 1000,
        ...(answer !== undefined && {
          code: answer.status,
          response_headers: { ...answer.headers },
          response_message: answer.message,
          times_retried: 0,
        }),
      }
      if (metadata !== undefined) metadata.set(event, known)
      else {
        Object.assign(event.metadata, known)
        event.metadata['input'] = { http_poller: known }
      }
    }
    return {
      async start(sink) {
        const tls = await loadClientTls(options)
        running = runScheduled(plan, clock, async (signal) => {
          await Promise.all(Object.entries(options.urls).map(([name, request]) => ask(name, request, tls, sink, signal)))
        })
      },
      async stop() {
        await running?.stop()
      },
    }
  },
})

/** Moves what the codec read below a field. */
function wrap(event: Event, target: FieldPath | undefined): void {
  if (target === undefined) return
  const { fields } = event
  event.fields = {}
  target.set(event, fields)
}

async function send(
  request: PollRequest,
  options: z.output<typeof config>,
  tls: HttpTls,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const user = request.user ?? request.auth?.user ?? options.user
  const secret = request.password ?? request.auth?.password ?? options.password
  const body = typeof request.body === 'object' ? JSON.stringify(request.body) : request.body
  let url = new URL(request.url)
  for (const [name, value] of Object.entries({ ...request.query, ...request.params })) url.searchParams.set(name, value)
  const once = (): Promise<HttpAnswer> =>
    sendHttp({
      url,
      method: request.method.toUpperCase(),
      headers: {
        'accept-encoding': 'gzip, deflate',
        'user-agent': 'Elkhorn',
        ...(user !== undefined && { authorization: basicAuthorization(user, secret ?? '') }),
        ...request.headers,
      },
      ...(body !== undefined && { body }),
      timeoutMs: options.request_timeout * 1000,
      maxAnswerBytes: MAX_ANSWER_BYTES,
      tls,
      signal,
    })
  const patiently = async (): Promise<HttpAnswer> => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await once()
      } catch (error) {
        if (signal.aborted || attempt >= options.automatic_retries) throw error
      }
    }
  }
  for (let redirects = 0; ; redirects++) {
    const answer = await patiently()
    const location = answer.headers['location']
    if (!options.follow_redirects || answer.status < 300 || answer.status >= 400 || location === undefined) return answer
    if (redirects === MAX_REDIRECTS) throw new Error(`more than ${MAX_REDIRECTS} redirects`)
    url = new URL(location, url)
  }
}
