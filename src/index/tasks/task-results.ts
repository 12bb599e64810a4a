import { internalAccess } from '../../core/access.ts'
import { ElkhornError } from '../../core/errors.ts'
import { writeDocuments } from '../documents/write-documents.ts'
import type { IndexContext } from '../index-context.ts'
import { createIndex } from '../operations/create-index.ts'

/** Where results of tasks are that nobody waited for. */
const INDEX = '.tasks'

/** Keeps the answer of `GET /_tasks/{id}` as a document. */
export async function storeTaskResult(context: IndexContext, id: string, result: string): Promise<void> {
  await makeIndex(context)
  const [outcome] = await writeDocuments(
    context,
    internalAccess,
    [{ action: 'index', target: INDEX, id, source: Buffer.from(result, 'utf8') }],
    { refresh: 'true' },
  )
  if (outcome?.result === 'failed') {
    context.log.warn({ task: id, reason: outcome.error.reason }, 'the result of a task could not be stored')
  }
}

/** What was kept, as JSON; `undefined` where there is nothing. */
export async function loadTaskResult(context: IndexContext, id: string): Promise<string | undefined> {
  const index = context.catalog.findIndex(INDEX)
  if (!index) return undefined
  const document = await context.engine.get(index, id)
  return document && Buffer.from(document.source).toString('utf8')
}

/** Results have all kinds of members: the index holds them without reading them. */
async function makeIndex(context: IndexContext): Promise<void> {
  if (context.catalog.findIndex(INDEX)) return
  try {
    await createIndex(context, {
      name: INDEX,
      settings: { 'index.hidden': 'true', 'index.number_of_replicas': '0' },
      mappings: { dynamic: false, properties: { completed: { type: 'boolean' } } },
    })
  } catch (error) {
    // Another task made it meanwhile: that is as good.
    if (!(error instanceof ElkhornError && error.type === 'resource_already_exists_exception')) throw error
  }
}
