import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import { internalAccess } from '../core/access.ts'
import { systemClock } from '../core/time.ts'
import type { IndexContext } from '../index/index-context.ts'
import { writeDocuments } from '../index/documents/write-documents.ts'
import type { PipelineSource } from '../pipeline/compile-source.ts'
import { createPipelines, type Pipelines } from '../pipeline/pipelines.ts'
import type { Broker } from '../plugins/inputs/mqtt-broker/broker.ts'
import type { Security } from '../security/security.ts'
import { deviceAuthentication } from './broker.ts'
import type { StartContext } from './services.ts'

interface PipelineParts {
  readonly security: Security
  readonly index: IndexContext
  readonly apiPort: number
  readonly broker: Broker | undefined
}

/** Pipelines of the user's folder, and the sample factory's own, writing to the local store. */
export async function createPipelineService(
  { config, log, environment }: StartContext,
  { security, index, apiPort, broker }: PipelineParts,
): Promise<Pipelines> {
  return createPipelines({
    platform: {
      log,
      clock: systemClock,
      dataDir: config.data.path,
      hostname: config.node.name ?? hostname(),
      write: (operations) => writeDocuments(index, internalAccess, operations, { refresh: 'false' }),
      broker,
      authenticateDevice: deviceAuthentication(security, false),
    },
    config: {
      path: config.pipelines.path,
      compat: config.compat,
      storeHosts: config.pipelines.store_hosts,
      brokerHosts: config.pipelines.broker_hosts,
      storePorts: config.api.port === 0 ? [apiPort, 9200] : [apiPort],
      brokerPorts: [config.mqtt.port === 0 ? 1883 : config.mqtt.port],
    },
    environment,
    sources: config.sample.enabled && broker !== undefined ? [await samplePipeline()] : [],
    settings: {
      workers: config.pipeline.workers,
      batchSize: config.pipeline.batch.size,
      batchDelayMs: config.pipeline.batch.delay,
      ecs: config.pipeline.ecs_compatibility,
      queue: { type: config.queue.type, maxEvents: config.queue.max_events, maxBytes: config.queue.max_bytes },
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
