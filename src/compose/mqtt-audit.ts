import { readFile } from 'node:fs/promises'
import { internalAccess } from '../core/access.ts'
import type { BulkOperation } from '../core/bulk.ts'
import { ElkhornError } from '../core/errors.ts'
import { parseIp } from '../core/ip.ts'
import { isJsonObject } from '../core/json.ts'
import type { Log } from '../core/log.ts'
import type { EpochMillis } from '../core/time.ts'
import { writeDocuments } from '../index/documents/write-documents.ts'
import type { IndexContext } from '../index/index-context.ts'
import { putIndexTemplate } from '../index/operations/put-templates.ts'
import { parseIndexTemplate } from '../index/templates/parse-template.ts'
import type { BrokerEvent } from '../plugins/inputs/mqtt-broker/broker-event.ts'

const DATA_STREAM = 'logs-mqtt.audit-default'
const TEMPLATE_NAME = 'logs-mqtt.audit'
const template = new URL('../../content/mqtt-audit-template.json', import.meta.url)
const FLUSH_MS = 500
/** Events that may wait; then newer ones are dropped and counted: a flood of clients must not take the memory. */
const MAX_WAITING = 10_000

export interface CredentialsChange {
  readonly device: string
  readonly change: 'issued' | 'rotated' | 'revoked' | 'enabled' | 'disabled'
  readonly user: string
  readonly address: string
  readonly at: EpochMillis
}

/** What clients of the broker do and are refused, as documents of `logs-mqtt.audit-default`. */
export class MqttAudit {
  readonly #index: IndexContext
  readonly #log: Log
  #waiting: BulkOperation[] = []
  #dropped = 0
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(index: IndexContext, log: Log) {
    this.#index = index
    this.#log = log
  }

  async start(): Promise<void> {
    await this.#installTemplate()
    this.#timer = setInterval(() => this.#flush(), FLUSH_MS).unref()
  }

  add(event: BrokerEvent): void {
    this.#put(documentOf(event))
  }

  #put(document: unknown): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.#dropped += 1
      return
    }
    this.#waiting.push({ action: 'create', target: DATA_STREAM, source: Buffer.from(JSON.stringify(document)) })
  }

  /** What was done to the credentials of a device, and by whom. */
  addChange({ device, change, user, address, at }: CredentialsChange): void {
    this.#put({
      '@timestamp': new Date(at).toISOString(),
      data_stream: dataStream,
      event: {
        kind: 'event',
        category: ['iam'],
        type: [change === 'issued' ? 'creation' : change === 'revoked' ? 'deletion' : 'change'],
        action: `device-credentials-${change}`,
        outcome: 'success',
        reason: `${change} by ${user}`,
      },
      device: { id: device },
      user: { name: user },
      source: sourceOf(address),
    })
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#flush()
    await this.#writing
  }

  #flush(): void {
    if (this.#dropped > 0) this.#log.warn({ events: this.#dropped }, 'audit events were dropped: too many at once')
    this.#dropped = 0
    if (this.#waiting.length === 0) return
    const operations = this.#waiting
    this.#waiting = []
    this.#writing = this.#writing.then(() => this.#write(operations))
  }

  async #write(operations: readonly BulkOperation[]): Promise<void> {
    try {
      const outcomes = await writeDocuments(this.#index, internalAccess, operations, { refresh: 'false' })
      const failed = outcomes.find((outcome) => outcome.result === 'failed')
      if (failed?.result === 'failed') this.#log.warn({ reason: failed.error.reason }, 'audit events could not be stored')
    } catch (error) {
      this.#log.warn({ error }, 'audit events could not be stored')
    }
  }

  /** Unless the user has one of that name. */
  async #installTemplate(): Promise<void> {
    const { catalog } = this.#index
    if (catalog.indexTemplates.has(TEMPLATE_NAME)) return
    const json: unknown = JSON.parse(await readFile(template, 'utf8'))
    if (!isJsonObject(json)) throw new Error(`[${template.pathname}] is no object`)
    try {
      await putIndexTemplate(catalog, TEMPLATE_NAME, parseIndexTemplate(json), { create: true })
    } catch (error) {
      if (!(error instanceof ElkhornError)) throw error
      this.#log.warn({ reason: error.reason }, 'a template of the user takes the place of the one for audit events')
    }
  }
}

/** With the names of the Elastic Common Schema. */
function documentOf({ kind, at, clientId, username, principal, remoteAddress, version, reason, topic }: BrokerEvent) {
  const refused = kind === 'refused' || kind === 'topic refused' || kind === 'dropped connection'
  const authenticates = kind === 'connected' || kind === 'refused'
  return {
    '@timestamp': new Date(at).toISOString(),
    data_stream: dataStream,
    event: {
      kind: 'event',
      category: authenticates ? ['authentication', 'session'] : kind === 'topic refused' ? ['iam'] : ['session'],
      type: [refused ? 'denied' : kind === 'disconnected' ? 'end' : 'start'],
      action: `mqtt-${kind.replaceAll(' ', '-')}`,
      outcome: refused ? 'failure' : 'success',
      reason,
    },
    mqtt: { client_id: clientId, topic, protocol_version: version === undefined ? undefined : String(version) },
    device: principal?.kind === 'device' ? { id: principal.name } : undefined,
    user: username === undefined ? undefined : { name: username },
    source: sourceOf(remoteAddress),
  }
}

const dataStream = { type: 'logs', dataset: 'mqtt.audit', namespace: 'default' }

const sourceOf = (address: string) => ({
  ip: parseIp(address) === undefined ? undefined : address.replace(/%.*$/, ''),
  address,
})
