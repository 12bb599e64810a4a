import { readFile } from 'node:fs/promises'
import { gzip } from 'node:zlib'
import { promisify } from 'node:util'
import type { BulkOperation, BulkOutcome } from '../../../core/bulk.ts'
import { ElkhornError } from '../../../core/errors.ts'
import type { JsonObject } from '../../../core/json.ts'
import { fieldText } from '../../../core/event-json.ts'
import { sendHttp, type HttpAnswer, type HttpTls } from '../../http-client.ts'
import { awsSigner, type AwsLogin, type SignAws } from '../../aws-client.ts'
import type { ElasticsearchConfig } from './config.ts'
import type { HostAddress } from './hosts.ts'
import { clusterAuthorization } from './login.ts'
import type { Store } from './store.ts'

const compress = promisify(gzip)
const MAX_ANSWER_BYTES = 100 * 1024 * 1024
/** Requests are cut at about this size, as Logstash does. */
const MAX_REQUEST_BYTES = 20 * 1024 * 1024

/** How requests to a domain of Amazon are signed. */
export interface AwsDomain extends AwsLogin {
  /** `es` when absent; `aoss` without servers. */
  readonly service?: string | undefined
}

/**
 * A cluster that speaks Elasticsearch's REST API: Elasticsearch, OpenSearch, another Elkhorn. Hosts take turns; one that
 * does not answer is left for the next.
 */
export function remoteStore(config: ElasticsearchConfig, addresses: readonly HostAddress[], aws?: AwsDomain): Store {
  let tls: HttpTls = {}
  let sign: SignAws | undefined
  let turn = 0

  const ask = async (method: string, path: string, body?: Uint8Array | string): Promise<HttpAnswer> => {
    let failure: unknown
    for (let tries = 0; tries < addresses.length; tries++) {
      const address = addresses[turn++ % addresses.length]
      if (address === undefined) break
      try {
        return await sendTo(address, method, path, body)
      } catch (error) {
        failure = error
      }
    }
    throw failure instanceof Error ? withHint(failure) : new Error('there is no host')
  }
  const sendTo = async (
    address: HostAddress,
    method: string,
    path: string,
    body: Uint8Array | string | undefined,
  ): Promise<HttpAnswer> => {
    const { protocol, host, port } = address
    const url = new URL(`${protocol}://${host}:${port}${address.path}${path}`)
    for (const [name, value] of Object.entries(config.parameters ?? {})) url.searchParams.set(name, fieldText(value))
    const level = compressionLevel(config)
    const squeezed = body !== undefined && level > 0
    const bytes = squeezed ? await compress(body, { level }) : body
    const headers = {
      ...(body !== undefined && { 'content-type': path.endsWith('_bulk') ? 'application/x-ndjson' : 'application/json' }),
      ...(squeezed && { 'content-encoding': 'gzip' }),
      ...clusterAuthorization(config, address),
      ...config.custom_headers,
    }
    const signed = await sign?.(url.href, {
      method,
      headers,
      ...(bytes !== undefined && { body: new Uint8Array(Buffer.from(bytes)) }),
    })
    return sendHttp({
      url,
      method,
      headers: signed === undefined ? headers : Object.fromEntries(signed.headers),
      ...(bytes !== undefined && { body: bytes }),
      timeoutMs: config.timeout,
      maxAnswerBytes: MAX_ANSWER_BYTES,
      tls,
    })
  }

  return {
    name: addresses.map(({ protocol, host, port }) => `${protocol}://${host}:${port}`).join(', '),
    async connect() {
      tls = await loadTls(config)
      if (aws !== undefined) sign = await awsSigner(aws.service ?? 'es', aws)
      const { status, body } = await ask('GET', config.healthcheck_path ?? '/')
      if (status >= 400) throw new Error(`the cluster answers ${status}: ${body.toString('utf8', 0, 300)}`)
    },
    async setUp({ template, rollover }) {
      const refused: string[] = []
      const put = async (path: string, body: JsonObject): Promise<void> => {
        const { status, body: answer } = await ask('PUT', path, JSON.stringify(body))
        const reason = `the cluster answers ${status} to PUT ${path}: ${answer.toString('utf8', 0, 300)}`
        if (status >= 500) throw new Error(reason)
        if (status >= 300) refused.push(reason)
      }
      const exists = async (path: string): Promise<boolean> => (await ask('GET', path)).status < 300
      if (rollover !== undefined) {
        const path = `/_ilm/policy/${encodeURIComponent(rollover.policy)}`
        if (!(await exists(path))) await put(path, { policy: { phases: rollover.phases } })
      }
      if (template !== undefined) {
        const path = `/${template.kind === 'legacy' ? '_template' : '_index_template'}/${encodeURIComponent(template.name)}`
        if (template.overwrite || !(await exists(path))) await put(path, template.body)
      }
      if (rollover !== undefined && !(await exists(`/_alias/${encodeURIComponent(rollover.alias)}`))) {
        await put(`/${encodeURIComponent(rollover.firstIndex)}`, { aliases: { [rollover.alias]: { is_write_index: true } } })
      }
      return refused
    },
    async write(operations) {
      const outcomes: BulkOutcome[] = []
      for (const part of parts(operations)) {
        const { status, body } = await ask('POST', config.bulk_path ?? '/_bulk', Buffer.concat(part.map(bulkLines)))
        if (status >= 300) throw new Error(`the cluster answers ${status}: ${body.toString('utf8', 0, 300)}`)
        outcomes.push(...readOutcomes(body, part))
      }
      return outcomes
    },
    close: () => Promise.resolve(),
  }
}

function* parts(operations: readonly BulkOperation[]): Generator<readonly BulkOperation[]> {
  let part: BulkOperation[] = []
  let bytes = 0
  for (const operation of operations) {
    part.push(operation)
    bytes += operation.source?.length ?? 0
    if (bytes < MAX_REQUEST_BYTES) continue
    yield part
    part = []
    bytes = 0
  }
  if (part.length > 0) yield part
}

const NEW_LINE = Buffer.from('\n')

/** The lines of `_bulk` for one write. */
function bulkLines(operation: BulkOperation): Buffer {
  const { action, target, id, routing, pipeline, version, versionType, retryOnConflict, source } = operation
  const head = {
    [action]: {
      _index: target,
      ...(id !== undefined && { _id: id }),
      ...(routing !== undefined && { routing }),
      ...(pipeline !== undefined && { pipeline }),
      ...(version !== undefined && { version }),
      ...(versionType !== undefined && { version_type: versionType }),
      ...(retryOnConflict !== undefined && action === 'update' && { retry_on_conflict: retryOnConflict }),
    },
  }
  const first = Buffer.from(`${JSON.stringify(head)}\n`)
  return source === undefined ? first : Buffer.concat([first, source, NEW_LINE])
}

interface BulkItem {
  readonly _index?: string
  readonly _id?: string
  readonly _version?: number
  readonly _seq_no?: number
  readonly _primary_term?: number
  readonly status?: number
  readonly result?: string
  readonly error?: { readonly type?: string; readonly reason?: string } | string
}

/** @throws Error when the answer does not fit the request: nothing is known then */
function readOutcomes(body: Buffer, operations: readonly BulkOperation[]): readonly BulkOutcome[] {
  const { items } = JSON.parse(body.toString('utf8')) as { readonly items?: readonly Readonly<Record<string, BulkItem>>[] }
  if (items?.length !== operations.length) throw new Error('the answer of the cluster does not fit the request')
  return items.map((item, place) => {
    const [result = {}] = Object.values(item)
    const index = result._index ?? operations[place]?.target ?? ''
    if (result.error !== undefined || (result.status ?? 200) >= 300) {
      const { type = 'exception', reason = '' } =
        typeof result.error === 'string' ? { reason: result.error } : (result.error ?? { reason: result.result ?? '' })
      // A delete of what is not there is done.
      if (result.error === undefined && result.status === 404 && operations[place]?.action === 'delete')
        return outcomeOf(result, index, 'not_found')
      return { result: 'failed', index, id: result._id, error: new ElkhornError(type, result.status ?? 500, reason) }
    }
    return outcomeOf(result, index, result.result === 'updated' || result.result === 'noop' ? result.result : 'created')
  })
}

function outcomeOf(item: BulkItem, index: string, result: 'created' | 'updated' | 'noop' | 'not_found'): BulkOutcome {
  return {
    result,
    index,
    id: item._id ?? '',
    version: item._version ?? 1,
    seqNo: item._seq_no ?? 0,
    primaryTerm: item._primary_term ?? 1,
  }
}

/** A name that nobody knows is often one of a stack of containers, whose store this program is now. */
function withHint(failure: Error): Error {
  const { code, hostname } = failure as NodeJS.ErrnoException & { readonly hostname?: string }
  if (hostname === undefined || (code !== 'ENOTFOUND' && code !== 'EAI_AGAIN')) return failure
  return new Error(`no host is called [${hostname}]. If this program is meant, add the name to pipelines.store_hosts`, {
    cause: failure,
  })
}

/** 0: not at all. */
function compressionLevel({ http_compression: isOn, compression_level: level }: ElasticsearchConfig): number {
  return isOn === false ? 0 : (level ?? (isOn === true ? 1 : 0))
}

async function loadTls(config: ElasticsearchConfig): Promise<HttpTls> {
  return {
    ca: await Promise.all((config.ssl_certificate_authorities ?? []).map((file) => readFile(file))),
    ...(config.ssl_certificate !== undefined && { cert: await readFile(config.ssl_certificate) }),
    ...(config.ssl_key !== undefined && { key: await readFile(config.ssl_key) }),
    ...(config.ssl_keystore_path !== undefined && { pfx: await readFile(config.ssl_keystore_path) }),
    ...(config.ssl_keystore_password !== undefined && { passphrase: config.ssl_keystore_password }),
    rejectUnauthorized: config.ssl_verification_mode === 'full' && config.ssl_certificate_verification !== false,
  }
}
