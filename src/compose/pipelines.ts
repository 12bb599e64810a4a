import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import { internalAccess } from '../core/access.ts'
import type { JsonValue } from '../core/json.ts'
import { systemClock } from '../core/time.ts'
import type { IndexContext } from '../index/index-context.ts'
import { writeDocuments } from '../index/documents/write-documents.ts'
import { searchOptions } from '../index/names/resolve-names.ts'
import { search } from '../index/search/search.ts'
import type { PipelineSource } from '../pipeline/compile-source.ts'
import { createPipelines, type Pipelines } from '../pipeline/pipelines.ts'
import { parseSearch } from '../query/parse-search.ts'
import type { Broker } from '../plugins/inputs/mqtt-broker/broker.ts'
import type { Security } from '../security/security.ts'
import { deviceAuthentication } from './broker.ts'
import type { Devices } from './devices.ts'
import type { StartContext } from './services.ts'
import { setUpStore } from './store-setup.ts'

/** An event waits no longer for what a filter looks up. */
const LOOKUP_LIMIT_MS = 10_000

interface PipelineParts {
  readonly security: Security
  readonly devices: Devices
  readonly index: IndexContext
  readonly apiPort: number
  readonly broker: Broker | undefined
}

/** Pipelines of the user's folder, and the sample factory's own, writing to the local store. */
export async function createPipelineService(
  { config, log, variables }: StartContext,
  { security, devices, index, apiPort, broker }: PipelineParts,
): Promise<Pipelines> {
  const authenticate = deviceAuthentication(security, false)
  return createPipelines({
    platform: {
      log,
      clock: systemClock,
      dataDir: config.data.path,
      hostname: config.node.name ?? hostname(),
      listenHost: config.network.host,
      beatsPort: config.beats.port,
      write: (operations) => writeDocuments(index, internalAccess, operations, { refresh: 'false' }),
      setUpStore: (setup) => setUpStore(index, setup),
      broker,
      search: ({ index: names, body }) => lookUp(index, names, body),
      authenticateDevice: async (credentials) => {
        const answer = await authenticate(credentials)
        if (answer.allowed) devices.signedIn(answer.principal, credentials.address)
        return answer
      },
    },
    config: {
      path: config.pipelines.path,
      compat: config.compat,
      storeHosts: config.pipelines.store_hosts,
      brokerHosts: config.pipelines.broker_hosts,
      storePorts: config.api.port === 0 ? [apiPort, 9200] : [apiPort],
      ...(config.config.reload.automatic && { reloadEveryMs: config.config.reload.interval }),
      brokerPorts: [config.mqtt.port === 0 ? 1883 : config.mqtt.port],
    },
    variables,
    sources: config.sample.enabled && broker !== undefined ? [await samplePipeline()] : [],
    settings: {
      workers: config.pipeline.ordered === 'true' ? 1 : config.pipeline.workers,
      batchSize: config.pipeline.batch.size,
      batchDelayMs: config.pipeline.batch.delay,
      ecs: config.pipeline.ecs_compatibility,
      queue: {
        type: config.queue.type,
        maxEvents: config.queue.max_events,
        maxBytes: config.queue.max_bytes,
        drain: config.queue.drain,
      },
      supportEscapes: config.config.support_escapes,
      deadLetters: {
        enabled: config.dead_letter_queue.enable,
        maxBytes: config.dead_letter_queue.max_bytes,
        whenFull: config.dead_letter_queue.storage_policy,
      },
    },
  })
}

async function samplePipeline(): Promise<PipelineSource> {
  const name = fileURLToPath(new URL('../../content/sample/factory.conf', import.meta.url))
  return { id: 'sample-factory', files: [{ name, text: await readFile(name, 'utf8') }] }
}

/** A search of the local store for the `elasticsearch` filter; what does not exist yet holds nothing. */
async function lookUp(index: IndexContext, names: string, body: unknown): Promise<unknown> {
  const where = {
    names: names.split(','),
    options: { ...searchOptions, ignoreUnavailable: true },
    action: 'indices:data/read/search',
  } as const
  const printing = { typedKeys: false, totalAsInt: false, node: 'pipelines', allowPartial: true }
  const request = parseSearch(body as JsonValue)
  return JSON.parse(
    await search(index, internalAccess, where, request, printing, AbortSignal.timeout(LOOKUP_LIMIT_MS)),
  ) as unknown
}
