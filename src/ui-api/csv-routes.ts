import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { isJsonObject } from '../core/json.ts'
import type { JsonObject, JsonValue } from '../core/json.ts'
import { parseJsonExact } from '../core/parse-json.ts'
import { csvLine } from './csv.ts'
import type { Guard } from './guard.ts'
import type { IndexAccess } from '../core/access.ts'
import type { DocumentsPort } from './ports.ts'
import { parseBody } from './request-body.ts'
import type { SearchAnswer } from './wire/query.ts'
import { valuesAt } from './wire/values-at.ts'

/** Rows of one file: what a spreadsheet opens without trouble. */
const MAX_ROWS = 100_000
const PAGE = 1000

const object = z.custom<JsonObject>((value) => isJsonObject(value), 'must be an object')

const csvSchema = z.strictObject({
  index: z.string().min(1).max(4096),
  query: object,
  sort: z.array(object).min(1).max(8),
  columns: z.array(z.string().min(1).max(1024)).min(1).max(200),
})

/** `POST /_ui/csv`: the documents that a query finds, as a file; `columns` are field names. */
export function registerCsvRoutes(app: FastifyInstance, { documents, guard }: { documents: DocumentsPort; guard: Guard }): void {
  app.post('/_ui/csv', async (request, reply) => {
    const { access } = guard.signedIn(request)
    const asked = parseBody(csvSchema, request.body)
    const gone = new AbortController()
    reply.raw.once('close', () => gone.abort(new Error('the page has gone')))
    const rows = csvRows(documents, access, asked, gone.signal)
    // The first line is made before the answer begins, so that a query that fails still gets its error.
    const first = await rows.next()
    const lines = Readable.from(prepend(first.value ?? '', rows), { objectMode: false })
    return reply.type('text/csv; charset=utf-8').header('content-disposition', 'attachment; filename="elkhorn.csv"').send(lines)
  })
}

async function* prepend(first: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  yield first
  yield* rest
}

async function* csvRows(
  documents: DocumentsPort,
  access: IndexAccess,
  asked: z.infer<typeof csvSchema>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const { index, query, sort, columns } = asked
  let after: JsonValue | undefined
  let rows = 0
  do {
    const body: JsonObject = {
      query,
      sort,
      size: PAGE,
      track_total_hits: false,
      ...(after === undefined ? {} : { search_after: after }),
    }
    const answer = JSON.parse(await documents.search(access, index, body, signal)) as SearchAnswer
    const { hits } = answer.hits
    const lines = hits.map(({ _source: source }) => {
      const document = parseJsonExact(source)
      return csvLine(columns.map((column) => (isJsonObject(document) ? valuesAt(document, column) : [])))
    })
    yield rows === 0 ? csvLine(columns.map((column) => [column])) + lines.join('') : lines.join('')
    rows += hits.length
    after = hits.at(-1)?.sort
    if (hits.length < PAGE) return
  } while (after !== undefined && rows < MAX_ROWS)
}
