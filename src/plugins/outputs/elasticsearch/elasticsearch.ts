import type { BulkOperation, BulkOutcome } from '../../../core/bulk.ts'
import type { ElkhornError } from '../../../core/errors.ts'
import type { Event } from '../../../core/event.ts'
import { reasonOf } from '../../../core/reason.ts'
import { defineOutput, type Output, type OutputContext } from '../../plugin.ts'
import { waitOrAbort } from '../../wait.ts'
import { amazonConfig, elasticsearchConfig, opensearchConfig, type ElasticsearchConfig } from './config.ts'
import { parseHosts } from './hosts.ts'
import { localStore } from './local-store.ts'
import { compileOperation } from './operation.ts'
import { remoteStore, type AwsDomain } from './remote-store.ts'
import { setupOf } from './setup.ts'
import type { Store } from './store.ts'

const summary = 'Stores events as documents, here or in a cluster.'
const examples = [
  { title: 'An index for each day', config: { hosts: ['localhost:9200'], index: 'iot-data-%{+YYYY.MM.dd}' } },
  { title: 'A data stream', config: { data_stream: 'true', data_stream_dataset: 'django', data_stream_namespace: 'pt' } },
  {
    title: 'Documents with ids of their own',
    config: { index: 'devices', document_id: '%{[device][id]}', action: 'update', doc_as_upsert: true },
  },
]

export const elasticsearch = defineOutput({
  name: 'elasticsearch',
  summary,
  config: elasticsearchConfig,
  examples,
  defaultCodec: 'plain',
  create: (config, context) => createOutput(config, context),
})

export const amazonEs = defineOutput({
  name: 'amazon_es',
  summary: 'Stores events as documents in a domain of Amazon’s OpenSearch Service, with signed requests.',
  config: amazonConfig,
  examples: [
    {
      title: 'A domain',
      config: {
        hosts: ['https://search-plant-abc.eu-west-1.es.amazonaws.com:443'],
        region: 'eu-west-1',
        index: 'logs-%{+YYYY.MM.dd}',
      },
    },
  ],
  defaultCodec: 'plain',
  create(config, context) {
    const { region, aws_access_key_id: id, aws_secret_access_key: secret, session_token } = config
    const signed = id !== undefined && id !== ''
    return createOutput(
      config,
      context,
      signed ? { region, access_key_id: id, secret_access_key: secret, session_token } : undefined,
    )
  },
})

export const opensearch = defineOutput({
  name: 'opensearch',
  summary,
  config: opensearchConfig,
  examples,
  defaultCodec: 'plain',
  create(config, context) {
    const { type = 'none', ...login } = config.auth_type ?? {}
    if (type === 'aws_iam')
      return createOutput(config, context, {
        region: login['region'] ?? 'us-east-1',
        access_key_id: login['aws_access_key_id'],
        secret_access_key: login['aws_secret_access_key'],
        session_token: login['session_token'],
        service: login['service_name'],
      })
    if (type !== 'basic' && type !== 'none')
      throw new Error(`[opensearch] auth_type: there is no type [${type}]: basic and aws_iam work`)
    return createOutput(
      { ...config, user: login['user'] ?? config.user, password: login['password'] ?? config.password },
      context,
    )
  },
})

function createOutput(config: ElasticsearchConfig, context: OutputContext, aws?: AwsDomain): Output {
  const { log, signal } = context
  const store = chooseStore(config, context, aws)
  const ecs = config.ecs_compatibility ?? context.ecs
  const operationOf = compileOperation(config, ecs)
  const letterStatus = new Set([400, 404, ...config.dlq_custom_codes.map(Number)])
  const quiet = new Set(config.silence_errors_in_log)
  /** One for all workers, from the start of the pipeline on. */
  let connection: Promise<void> | undefined

  /** Waits longer with each attempt, up to the limit. @throws when the pipeline stops */
  const backOff = async (attempt: number): Promise<void> => {
    await waitOrAbort(Math.min(config.retry_initial_interval * 2 ** attempt, config.retry_max_interval), signal)
  }

  const connect = async (): Promise<void> => {
    for (let attempt = 0; ; attempt++) {
      try {
        await store.connect()
        for (const reason of await store.setUp(await setupOf(config, ecs))) {
          log.error({ store: store.name, error: reason }, 'output writes without what it would set up')
        }
        log.info({ store: store.name }, 'output writes to its store')
        return
      } catch (error) {
        log.error(
          { store: store.name, error: reasonOf(error) },
          'output cannot log in or connect: it tries again, and events wait',
        )
        await backOff(attempt)
      }
    }
  }

  const writeAll = async (attempt: number, operations: readonly BulkOperation[]): Promise<readonly BulkOutcome[] | undefined> => {
    try {
      return await store.write(operations)
    } catch (error) {
      signal.throwIfAborted()
      log.error(
        { store: store.name, attempt, event_count: operations.length, error: reasonOf(error) },
        'writing failed: it is tried again',
      )
      return undefined
    }
  }

  /** What to do about a write that was refused. */
  const refused = async (event: Event, operation: BulkOperation, error: ElkhornError): Promise<'done' | 'retry'> => {
    if (error.status === 409) {
      if (!quiet.has(error.type))
        log.warn(
          { index: operation.target, id: operation.id, error: error.reason },
          'the document is there already: the event is dropped',
        )
      return 'done'
    }
    if (letterStatus.has(error.status)) {
      await context.deadLetter(event, { type: error.type, reason: error.reason, status: error.status })
      return 'done'
    }
    return 'retry'
  }

  return {
    start() {
      // Nobody waits for a cluster that is away; a pipeline that stops meanwhile needs none.
      connection = connect()
      connection.catch(() => undefined)
      return Promise.resolve()
    },
    async write(events) {
      await (connection ??= connect())
      let pending = noWrites()
      for (const event of events) {
        const operation = operationOf(event)
        if ('action' in operation) add(pending, event, operation)
        else await context.deadLetter(event, { ...operation, status: 400 })
      }
      for (let attempt = 0; pending.events.length > 0; attempt++) {
        const { events: written, operations } = pending
        const outcomes = await writeAll(attempt, operations)
        const again = noWrites()
        let reason: ElkhornError | undefined
        for (let place = 0; place < written.length; place++) {
          const event = written[place]
          const operation = operations[place]
          if (event === undefined || operation === undefined) continue
          if (outcomes !== undefined) {
            const outcome = outcomes[place]
            if (outcome?.result !== 'failed') continue
            if ((await refused(event, operation, outcome.error)) === 'done') continue
            reason ??= outcome.error
          }
          add(again, event, operation)
        }
        pending = again
        if (pending.events.length === 0) break
        if (reason !== undefined && !quiet.has(reason.type))
          log.warn(
            { event_count: pending.events.length, status: reason.status, error: reason.reason },
            'writes were refused for now: they are tried again',
          )
        await backOff(attempt)
      }
    },
    close: () => store.close(),
  }
}

/** Events, and the writes that were made of them. An object for each pair would be one more that V8 makes old. */
interface Writes {
  readonly events: Event[]
  readonly operations: BulkOperation[]
}

const noWrites = (): Writes => ({ events: [], operations: [] })

function add(to: Writes, event: Event, operation: BulkOperation): void {
  to.events.push(event)
  to.operations.push(operation)
}

function chooseStore(config: ElasticsearchConfig, { hosts, platform }: OutputContext, aws: AwsDomain | undefined): Store {
  if (config.cloud_id !== undefined && config.hosts !== undefined)
    throw new Error('[elasticsearch] cloud_id and hosts both say where documents go: leave one out')
  const addresses = parseHosts(config)
  const local = addresses.filter(({ host, port }) => hosts.isStore(host, port))
  if (local.length === addresses.length) return localStore(platform)
  if (local.length > 0) {
    throw new Error(
      `[elasticsearch] hosts ${addresses.map(({ host, port }) => `${host}:${port}`).join(', ')}: some mean this program and some a cluster; use two outputs`,
    )
  }
  return remoteStore(config, addresses, aws)
}
