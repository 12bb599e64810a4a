import { readFile } from 'node:fs/promises'
import { isJsonObject } from '../core/json.ts'
import type { MetadataStore } from '../core/metadata-store.ts'
import { systemClock, type EpochMillis } from '../core/time.ts'
import type { IndexContext } from '../index/index-context.ts'
import { putIndexTemplate } from '../index/operations/put-templates.ts'
import { parseIndexTemplate } from '../index/templates/parse-template.ts'
import { SampleService } from '../sample/sample-service.ts'
import type { Security } from '../security/security.ts'
import type { StartContext } from './services.ts'

const TEMPLATE_NAME = 'iot-data'
const template = new URL('../../content/sample/iot-data-template.json', import.meta.url)

/** What credentials of the sample factory's gateways are for. */
export const SAMPLE_DEVICES = 'sample factory'

/** How far the history was made up. */
interface SampleState {
  readonly backfilledAt: EpochMillis
}

interface SampleParts {
  readonly metadata: MetadataStore
  readonly security: Security
  readonly brokerPort: () => number
}

/** Keeps the index template of the sample's documents, unless the user has one of that name. */
export async function installSampleTemplate({ catalog }: IndexContext): Promise<void> {
  if (catalog.indexTemplates.has(TEMPLATE_NAME)) return
  const json: unknown = JSON.parse(await readFile(template, 'utf8'))
  if (!isJsonObject(json)) throw new Error(`[${template.pathname}] is no object`)
  await putIndexTemplate(catalog, TEMPLATE_NAME, parseIndexTemplate(json), { create: true })
}

/** The sample factory, with credentials of its own for each gateway; at the very first start it makes up history. */
export function createSample({ config, log }: StartContext, { metadata, security, brokerPort }: SampleParts): SampleService {
  const own = log.child({ service: 'sample' })
  const state = metadata.section<SampleState>('sample')
  let told = 0
  return new SampleService({
    log: own,
    seed: config.sample.seed,
    intervalMs: config.sample.interval,
    broker: () => ({ host: ownAddress(config.network.host), port: brokerPort() }),
    issueSecret: (gateway) =>
      security.devices.find(gateway) ? security.devices.rotate(gateway) : security.devices.issue(gateway, SAMPLE_DEVICES),
    backfillFrom: () => (state.has('state') ? undefined : systemClock.now() - config.sample.backfill),
    onProgress(part) {
      const percent = Math.floor(part * 100)
      if (percent < told + 10) return
      told = percent
      own.info({ percent }, 'sample factory makes up history')
    },
    onBackfilled(readings, durationMs) {
      own.info({ readings, duration_ms: durationMs }, 'sample factory has made up its history')
      void state.put('state', { backfilledAt: systemClock.now() })
    },
  })
}

/** Where a process of this machine reaches a port that listens on `host`. */
function ownAddress(host: string): string {
  return host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
}
