import { ElkhornError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { parseJsonLiterals } from '../../core/parse-json.ts'
import { printJson } from '../../core/print-json.ts'
import type { StoredDocument } from '../../core/stored-document.ts'
import type { DocumentSource, OpenOptions } from '../../index/by-query/document-source.ts'
import { sendHttp } from '../../plugins/http-client.ts'
import type { RemoteCluster } from './read-remote.ts'

/** A larger page is refused: a smaller `source.size` is what helps. */
const MAX_PAGE_BYTES = 100 * 1024 * 1024
/** How long the other cluster keeps the place between two pages. */
const SCROLL = '5m'
/** Sequence numbers of other clusters mean nothing here. */
const NO_SEQ_NO = -2

interface Page {
  readonly scrollId: string | undefined
  readonly total: number
  readonly documents: readonly StoredDocument[]
}

/**
 * What a query finds in another cluster, by its scrolled search: any Elasticsearch from 6 on, and OpenSearch.
 * @param search the members of its search request, as they came: the other cluster reads them
 */
export function remoteDocuments(cluster: RemoteCluster, names: readonly string[], search: JsonObject): DocumentSource {
  return async (_context, _access, { size, signal }) => {
    const path = `/${names.map(encodeURIComponent).join(',')}/_search?scroll=${SCROLL}&rest_total_hits_as_int=true`
    const body = { query: { match_all: {} }, sort: ['_doc'], version: true, _source: true, ...search, size }
    const first = readPage(await send(cluster, 'POST', path, body, signal))
    return { shards: [1], count: () => Promise.resolve(first.total), batches: () => pagesFrom(cluster, first, signal) }
  }
}

async function* pagesFrom(
  cluster: RemoteCluster,
  first: Page,
  signal: OpenOptions['signal'],
): AsyncGenerator<readonly StoredDocument[]> {
  let page = first
  try {
    while (page.documents.length > 0) {
      yield page.documents
      if (page.scrollId === undefined) return
      page = readPage(await send(cluster, 'POST', '/_search/scroll', { scroll: SCROLL, scroll_id: page.scrollId }, signal))
    }
  } finally {
    const { scrollId } = page
    // It ends by itself, too.
    if (scrollId !== undefined) await send(cluster, 'DELETE', '/_search/scroll', { scroll_id: [scrollId] }).catch(() => undefined)
  }
}

async function send(
  { url, headers, timeoutMs, tls }: RemoteCluster,
  method: string,
  path: string,
  body: JsonObject,
  signal?: AbortSignal,
): Promise<JsonObject> {
  const answer = await sendHttp({
    url: new URL(url + path),
    method,
    headers,
    body: printJson(body),
    timeoutMs,
    maxAnswerBytes: MAX_PAGE_BYTES,
    tls,
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    throw unreachable(url, error instanceof Error ? error.message : String(error))
  })
  const text = answer.body.toString('utf8')
  if (answer.status >= 300) throw new ElkhornError('status_exception', answer.status, `body=${text.slice(0, 2000)}`)
  try {
    const json = parseJsonLiterals(text)
    if (isJsonObject(json)) return json
  } catch {
    // said below
  }
  throw unreachable(url, 'Error parsing the response, remote is likely not an Elasticsearch instance')
}

/** As Elasticsearch says it: the request was right, the other side was not to be had. */
const unreachable = (url: string, reason: string): ElkhornError =>
  new ElkhornError('connect_exception', 500, `[${url}] ${reason}`)

function readPage(answer: JsonObject): Page {
  const { _scroll_id: scrollId, hits, _shards: shards } = answer
  if (!isJsonObject(hits) || !Array.isArray(hits['hits'])) {
    throw new ElkhornError('status_exception', 500, 'the remote cluster answered without [hits]')
  }
  const failed = isJsonObject(shards) ? Number(shards['failed'] ?? 0) : 0
  if (failed > 0) throw new ElkhornError('status_exception', 500, `[${failed}] shards of the remote cluster failed`)
  const { total } = hits
  return {
    scrollId: typeof scrollId === 'string' ? scrollId : undefined,
    total: Number(isJsonObject(total) ? total['value'] : total),
    documents: hits['hits'].filter(isJsonObject).map(readHit),
  }
}

function readHit(hit: JsonObject): StoredDocument {
  const { _index: index, _id: id, _version: version, _routing: routing, _source: source } = hit
  if (source === undefined)
    throw new ElkhornError('illegal_argument_exception', 400, `[${text(index)}][${text(id)}] didn't store _source`)
  return {
    index: text(index),
    id: text(id),
    seqNo: NO_SEQ_NO,
    version: Number(version ?? 1),
    routing: routing === undefined || routing === null ? undefined : text(routing),
    source: Buffer.from(printJson(source), 'utf8'),
  }
}

const text = (value: JsonValue | undefined): string => String(value)
