import { readFile } from 'node:fs/promises'
import { isJsonObject, type JsonObject } from '../core/json.ts'
import type { IndexContext } from '../index/index-context.ts'
import { putComponentTemplate, putIndexTemplate } from '../index/operations/put-templates.ts'
import { parseComponentTemplate, parseIndexTemplate } from '../index/templates/parse-template.ts'

const components = new URL('../../content/component-templates.json', import.meta.url)
const templates = new URL('../../content/data-stream-templates.json', import.meta.url)

/**
 * Keeps the index templates of `logs-*-*`, `metrics-*-*`, `traces-*-*` and `synthetics-*-*` that Elasticsearch brings along,
 * so that what shippers send to a data stream has one, and the component templates that integrations' templates are made
 * of. A user's of the same name stays.
 */
export async function installDataStreamTemplates({ catalog }: IndexContext): Promise<void> {
  for (const [name, template] of await load(components)) {
    if (!catalog.componentTemplates.has(name))
      await putComponentTemplate(catalog, name, parseComponentTemplate(template), { create: true })
  }
  for (const [name, template] of await load(templates)) {
    if (!catalog.indexTemplates.has(name)) await putIndexTemplate(catalog, name, parseIndexTemplate(template), { create: true })
  }
}

async function load(file: URL): Promise<readonly (readonly [name: string, template: JsonObject])[]> {
  const all: unknown = JSON.parse(await readFile(file, 'utf8'))
  if (!isJsonObject(all)) throw new Error(`[${file.pathname}] is no object`)
  return Object.entries(all).map(([name, template]) => {
    if (!isJsonObject(template)) throw new Error(`[${file.pathname}] [${name}] is no object`)
    return [name, template]
  })
}
