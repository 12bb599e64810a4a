import { readFile } from 'node:fs/promises'
import { isJsonObject } from '../core/json.ts'
import type { IndexContext } from '../index/index-context.ts'
import { putIndexTemplate } from '../index/operations/put-templates.ts'
import { parseIndexTemplate } from '../index/templates/parse-template.ts'

const templates = new URL('../../content/data-stream-templates.json', import.meta.url)

/**
 * Keeps the index templates of `logs-*-*`, `metrics-*-*`, `traces-*-*` and `synthetics-*-*` that Elasticsearch brings along,
 * so that what shippers send to a data stream has one. A user's of the same name stays.
 */
export async function installDataStreamTemplates({ catalog }: IndexContext): Promise<void> {
  const all: unknown = JSON.parse(await readFile(templates, 'utf8'))
  if (!isJsonObject(all)) throw new Error(`[${templates.pathname}] is no object`)
  for (const [name, template] of Object.entries(all)) {
    if (catalog.indexTemplates.has(name)) continue
    if (!isJsonObject(template)) throw new Error(`[${templates.pathname}] [${name}] is no object`)
    await putIndexTemplate(catalog, name, parseIndexTemplate(template), { create: true })
  }
}
