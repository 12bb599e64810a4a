import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { replaceDurably } from '../../core/durable-files.ts'
import { createEvent, isFields, type Event, type Fields } from '../../core/event.ts'
import { fieldText, parseEventJson, toFieldValue } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { reasonOf } from '../../core/reason.ts'
import { clientTlsOptions, loadClientTls } from '../client-tls.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { sendHttp, type HttpTls } from '../http-client.ts'
import { choice, duration, flag, ignored, integer, list, password, path, port, refused, text, textHash } from '../options.ts'
import { parseHosts, type HostAddress } from '../outputs/elasticsearch/hosts.ts'
import { clusterAuthorization } from '../outputs/elasticsearch/login.ts'
import { defineInput, type EventSink, type InputContext } from '../plugin.ts'
import { runScheduled, schedule } from '../schedule.ts'

const MAX_ANSWER_BYTES = 100 * 1024 * 1024
const MATCH_ALL = '{ "sort": [ "_doc" ] }'

const config = z.strictObject({
  hosts: list().default(['localhost:9200']).describe('Hosts or URLs of a cluster; names of this program mean its own store.'),
  host: list().optional().meta({ aliasOf: 'hosts' }).describe('Older name of `hosts`.'),
  index: text().default('logstash-*').describe('Indices to read: names and patterns, with commas.'),
  query: text().default(MATCH_ALL).describe('Query DSL as JSON.'),
  size: integer({ min: 1, max: 10_000 }).default(1000).describe('Documents of a page.'),
  scroll: text().default('1m').describe('How long another cluster keeps a page’s place.'),
  schedule: schedule().optional().describe('When it is read, again and again. Once, at the start, when absent.'),
  response_type: choice('hits', 'aggregations')
    .default('hits')
    .describe('Whether documents are events, or the aggregations are one.'),
  target: text().optional().describe('Field that gets the document. The root of the event when absent.'),
  docinfo: flag().default(false).describe('Whether index and id of a document go along.'),
  docinfo_target: text()
    .optional()
    .describe('Field that gets them: `[@metadata][input][elasticsearch]`, `@metadata` without ECS.'),
  docinfo_fields: list().default(['_index', '_type', '_id']).describe('Which parts go along.'),
  user: text().optional().describe('User to log in as.'),
  password: password().optional().describe('Password of the user.'),
  api_key: password().optional().describe('API key, as `id:key`, instead of a user.'),
  custom_headers: textHash().default({}).describe('Headers of every request.'),
  ssl: flag().optional().meta({ aliasOf: 'ssl_enabled' }).describe('Older name of `ssl_enabled`.'),
  ssl_enabled: flag().default(false).describe('Whether hosts without a protocol are asked over TLS.'),
  request_timeout_seconds: duration().default(60_000).describe('Seconds until an answer must be there.'),
  connect_timeout_seconds: ignored('part of request_timeout_seconds'),
  socket_timeout_seconds: ignored('part of request_timeout_seconds'),
  retries: integer({ min: 0 }).default(0).describe('How often a page that failed is asked for again.'),
  query_type: choice('dsl').default('dsl').describe('Language of the query: ES|QL is not read.'),
  tracking_field: text()
    .optional()
    .describe('Field whose last value the next run gets for `:last_value` in the query, as `[event][ingested]`.'),
  tracking_field_seed: text().default('1970-01-01T00:00:00.000000000Z').describe('Value for the first run.'),
  last_run_metadata_path: path().optional().describe('File that keeps it. In the folder of the pipeline when absent.'),
  scan: ignored('documents are read page by page'),
  port: port().default(9200).describe('Port of hosts that name none.'),
  schedule_overlap: ignored('runs never overlap'),
  search_api: ignored('the way that the cluster offers is used'),
  slices: ignored('pages are read one after the other'),
  proxy: refused('requests through a proxy are not made'),
  cloud_id: text().optional().describe('Id of a deployment of Elastic Cloud, instead of hosts.'),
  cloud_auth: password().optional().describe('`user:password` for it.'),
  ca_trusted_fingerprint: ignored('name the authority in ssl_certificate_authorities'),
  ecs_compatibility: ecsCompatibility(),
  ...clientTlsOptions,
})

type Options = z.output<typeof config>
type Query = Readonly<Record<string, unknown>>

interface Page {
  readonly hits: readonly Hit[]
  readonly aggregations: unknown
}

interface Hit {
  readonly _source?: unknown
  readonly sort?: readonly unknown[]
  readonly [name: string]: unknown
}

/** Pages of a search, until there are no more. */
type Pages = (signal: AbortSignal) => AsyncGenerator<Page>

export const elasticsearch = defineInput({
  name: 'elasticsearch',
  summary: 'Makes events of the documents that a query finds, here or in another cluster.',
  config,
  examples: [
    {
      title: 'Every night, yesterday’s errors',
      config: {
        index: 'logs-*',
        query: '{"query":{"term":{"log.level":"error"}}}',
        schedule: '0 1 * * *',
        docinfo: true,
      },
    },
  ],
  defaultCodec: 'json',
  create(options, context) {
    const { clock, log } = context
    const ecs = (options.ecs_compatibility ?? context.ecs) !== 'disabled'
    const target = options.target === undefined ? undefined : fieldPath(options.target)
    const info = fieldPath(options.docinfo_target ?? (ecs ? '[@metadata][input][elasticsearch]' : '@metadata'))
    readQuery(options.query)
    const tracked = options.tracking_field === undefined ? undefined : fieldPath(options.tracking_field)
    const placeFile = options.last_run_metadata_path ?? join(context.dataDir, 'last-value.json')
    let running: { stop(): Promise<void> } | undefined

    const eventOf = (hit: Hit): Event => {
      const source = toFieldValue(hit._source ?? {})
      const event = createEvent(target === undefined && isFields(source) ? source : {})
      if (target !== undefined) target.set(event, source)
      if (options.docinfo) {
        const known: Fields = {}
        for (const name of options.docinfo_fields) if (hit[name] !== undefined) known[name] = toFieldValue(hit[name])
        if (info.text === '@metadata') Object.assign(event.metadata, known)
        else info.set(event, { ...(info.get(event) as object | undefined), ...known })
      }
      return event
    }
    const loadLastValue = async (): Promise<string> => {
      try {
        return JSON.parse(await readFile(placeFile, 'utf8')) as string
      } catch {
        return options.tracking_field_seed
      }
    }
    const saveLastValue = async (value: string): Promise<void> => {
      await mkdir(dirname(placeFile), { recursive: true })
      await replaceDurably(placeFile, JSON.stringify(value))
    }
    const read = async (makePages: (query: Query) => Pages, sink: EventSink, signal: AbortSignal): Promise<void> => {
      try {
        const last = tracked === undefined ? undefined : await loadLastValue()
        const now = new Date(clock.now()).toISOString()
        const query = readQuery(
          last === undefined ? options.query : options.query.replaceAll(':last_value', last).replaceAll(':present', now),
        )
        const pages = makePages(query)
        let latest = last
        for await (const { hits, aggregations } of pages(signal)) {
          const events =
            options.response_type === 'aggregations'
              ? [createEvent(toFieldValue(aggregations ?? {}) as Fields)]
              : hits.map(eventOf)
          if (tracked === undefined) {
            if (!sink.push(events)) await sink.ready(signal)
            continue
          }
          // The next run begins behind what is stored, not behind what was read.
          await new Promise<void>((resolve, reject) => {
            sink.push(events, (error) => (error === undefined ? resolve() : reject(error)))
          })
          for (const event of events) {
            const value = tracked.get(event)
            if (value !== undefined && value !== null && (latest === undefined || fieldText(value) > latest))
              latest = fieldText(value)
          }
        }
        if (latest !== undefined && latest !== last) await saveLastValue(latest)
      } catch (error) {
        if (!signal.aborted) log.error({ error: reasonOf(error) }, 'reading documents failed')
      }
    }
    return {
      async start(sink) {
        const addresses = parseHosts(options)
        const local = addresses.some(({ host, port }) => context.hosts.isStore(host, port))
        const tls = await loadClientTls(options)
        const pages = (query: Query): Pages =>
          local ? localPages(options, query, context) : remotePages(options, query, addresses, tls)
        running = runScheduled(options.schedule, clock, (signal) => read(pages, sink, signal))
      },
      async stop() {
        await running?.stop()
      },
    }
  },
})

function readQuery(written: string): Query {
  const text = written.trim()
  if (!text.startsWith('{')) return { query: { query_string: { query: text } } }
  try {
    parseEventJson(text)
    return JSON.parse(text) as Query
  } catch (error) {
    throw new Error(`[elasticsearch] the query is no JSON: ${reasonOf(error)}`, {
      cause: error,
    })
  }
}

/** The own store: each page begins behind the last document of the one before. */
function localPages(options: Options, query: Query, { platform }: InputContext): Pages {
  return async function* (signal) {
    if (platform.search === undefined) throw new Error('there is no store')
    const only = options.response_type === 'aggregations'
    let after: readonly unknown[] | undefined
    while (!signal.aborted) {
      const body = {
        ...query,
        size: only ? 0 : options.size,
        sort: query['sort'] ?? ['_doc'],
        ...(after !== undefined && { search_after: after }),
      }
      const page = pageOf(await platform.search({ index: options.index, body }))
      if (only || page.hits.length > 0) yield page
      if (only || page.hits.length < options.size) return
      after = page.hits.at(-1)?.sort
      if (after === undefined) return
    }
  }
}

/** Another cluster: its scroll. */
function remotePages(options: Options, query: Query, addresses: readonly HostAddress[], tls: HttpTls): Pages {
  const headers = {
    'content-type': 'application/json',
    ...options.custom_headers,
  }
  let turn = 0
  const ask = async (method: string, path: string, body: object, signal?: AbortSignal): Promise<unknown> => {
    for (let attempt = 0; ; attempt++) {
      const address = addresses[turn++ % addresses.length]
      if (address === undefined) throw new Error('there is no host')
      try {
        const answer = await sendHttp({
          url: new URL(`${address.protocol}://${address.host}:${address.port}${address.path}${path}`),
          method,
          headers: { ...clusterAuthorization(options, address), ...headers },
          body: JSON.stringify(body),
          timeoutMs: options.request_timeout_seconds,
          maxAnswerBytes: MAX_ANSWER_BYTES,
          tls,
          ...(signal !== undefined && { signal }),
        })
        const written = answer.body.toString('utf8')
        if (answer.status >= 300) throw new Error(`the cluster answers ${answer.status}: ${written.slice(0, 300)}`)
        return JSON.parse(written) as unknown
      } catch (error) {
        if (signal?.aborted === true || attempt >= options.retries) throw error
      }
    }
  }
  const index = encodeURIComponent(options.index).replaceAll('%2C', ',').replaceAll('%2A', '*')
  return async function* (signal) {
    if (options.response_type === 'aggregations') {
      yield pageOf(await ask('POST', `/${index}/_search`, { ...query, size: 0 }, signal))
      return
    }
    let answer = await ask('POST', `/${index}/_search?scroll=${options.scroll}`, { ...query, size: options.size }, signal)
    try {
      for (;;) {
        const page = pageOf(answer)
        if (page.hits.length === 0) return
        yield page
        answer = await ask('POST', '/_search/scroll', { scroll: options.scroll, scroll_id: scrollId(answer) }, signal)
      }
    } finally {
      await ask('DELETE', '/_search/scroll', { scroll_id: scrollId(answer) }).catch(() => undefined)
    }
  }
}

function pageOf(answer: unknown): Page {
  const { hits, aggregations } = answer as { readonly hits?: { readonly hits?: readonly Hit[] }; readonly aggregations?: unknown }
  return { hits: hits?.hits ?? [], aggregations }
}

function scrollId(answer: unknown): string {
  return (answer as { readonly _scroll_id?: string })._scroll_id ?? ''
}
