import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { MetadataSection } from '../../core/metadata-store.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import { printMapping } from '../../index/mapping/print-mapping.ts'
import { resolveDateMathName } from '../../index/names/date-math-name.ts'
import { parseIndexName } from '../../index/names/index-name.ts'
import {
  checkIndexTemplate,
  deleteComponentTemplates,
  deleteIndexTemplates,
  findOverlapping,
  legacyTemplateMissing,
  patternsOverlap,
  putComponentTemplate,
  putIndexTemplate,
  putLegacyTemplate,
  templateNotFound,
} from '../../index/operations/put-templates.ts'
import { printSettings } from '../../index/settings/settings-json.ts'
import { composeTemplate, findIndexTemplate, findLegacyTemplates, type ComposedTemplate } from '../../index/templates/compose.ts'
import { parseComponentTemplate, parseIndexTemplate, parseLegacyTemplate } from '../../index/templates/parse-template.ts'
import type { ComponentTemplate, IndexTemplate, LegacyTemplate, TemplateBody } from '../../index/templates/template.ts'
import type { ApiContext } from '../api-context.ts'
import { acknowledged, exists, ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { namesOf, TIMEOUT_PARAMS } from '../indices/names.ts'
import { printAliases } from '../indices/print-index.ts'
import { required } from './documents.ts'

const PUT_PARAMS = [...TIMEOUT_PARAMS, 'create', 'cause', 'order']
const GET_PARAMS = ['local', 'flat_settings', 'include_defaults', ...TIMEOUT_PARAMS]

export const templateRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['PUT', 'POST'],
    paths: ['/_index_template/{name}'],
    action: 'indices:admin/index_template/put',
    params: PUT_PARAMS,
    handler: putIndex,
  },
  {
    methods: ['GET'],
    paths: ['/_index_template', '/_index_template/{name}'],
    action: 'indices:admin/index_template/get',
    params: GET_PARAMS,
    handler: getIndex,
  },
  {
    methods: ['HEAD'],
    paths: ['/_index_template/{name}'],
    action: 'indices:admin/index_template/get',
    params: GET_PARAMS,
    handler: (request, context) =>
      exists(namesMatching(context.index.catalog.indexTemplates, required(request, 'name')).length > 0),
  },
  {
    methods: ['DELETE'],
    paths: ['/_index_template/{name}'],
    action: 'indices:admin/index_template/delete',
    params: TIMEOUT_PARAMS,
    handler: deleteIndex,
  },
  {
    methods: ['POST'],
    paths: ['/_index_template/_simulate', '/_index_template/_simulate/{name}'],
    action: 'indices:admin/index_template/simulate',
    params: [...PUT_PARAMS, 'include_defaults'],
    handler: simulateTemplate,
  },
  {
    methods: ['POST'],
    paths: ['/_index_template/_simulate_index/{name}'],
    action: 'indices:admin/index_template/simulate',
    params: [...PUT_PARAMS, 'include_defaults'],
    handler: simulateIndex,
  },
  {
    methods: ['PUT', 'POST'],
    paths: ['/_component_template/{name}'],
    action: 'cluster:admin/component_template/put',
    params: PUT_PARAMS,
    handler: putComponent,
  },
  {
    methods: ['GET'],
    paths: ['/_component_template', '/_component_template/{name}'],
    action: 'cluster:admin/component_template/get',
    params: GET_PARAMS,
    handler: getComponent,
  },
  {
    methods: ['HEAD'],
    paths: ['/_component_template/{name}'],
    action: 'cluster:admin/component_template/get',
    params: GET_PARAMS,
    handler: (request, context) =>
      exists(namesMatching(context.index.catalog.componentTemplates, required(request, 'name')).length > 0),
  },
  {
    methods: ['DELETE'],
    paths: ['/_component_template/{name}'],
    action: 'cluster:admin/component_template/delete',
    params: TIMEOUT_PARAMS,
    handler: deleteComponent,
  },
  {
    methods: ['PUT', 'POST'],
    paths: ['/_template/{name}'],
    action: 'indices:admin/template/put',
    params: PUT_PARAMS,
    handler: putLegacy,
  },
  {
    methods: ['GET'],
    paths: ['/_template', '/_template/{name}'],
    action: 'indices:admin/template/get',
    params: GET_PARAMS,
    handler: getLegacy,
  },
  {
    methods: ['HEAD'],
    paths: ['/_template/{name}'],
    action: 'indices:admin/template/get',
    params: GET_PARAMS,
    handler: (request, context) =>
      exists(namesOf(request, 'name').some((name) => namesMatching(context.index.catalog.legacyTemplates, name).length > 0)),
  },
  {
    methods: ['DELETE'],
    paths: ['/_template/{name}'],
    action: 'indices:admin/template/delete',
    params: TIMEOUT_PARAMS,
    handler: deleteLegacy,
  },
]

function namesMatching(section: MetadataSection<unknown>, pattern: string): string[] {
  return [...section.entries()]
    .map(([name]) => name)
    .filter((name) => matchesWildcard(pattern, name))
    .sort()
}

function bodyOf(request: ApiRequest): JsonObject {
  const json = request.json()
  if (!json) throw new ElkhornError('parse_exception', 400, 'request body is required')
  return json
}

async function putIndex(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const { catalog } = context.index
  const template = parseIndexTemplate(bodyOf(request))
  await putIndexTemplate(catalog, required(request, 'name'), template, { create: request.query.boolean('create', false) })
  return acknowledged
}

function getIndex(request: ApiRequest, context: ApiContext): Answer {
  const { indexTemplates } = context.index.catalog
  const name = request.part('name')
  const names = namesMatching(indexTemplates, name ?? '*')
  if (names.length === 0 && name !== undefined && !name.includes('*')) throw templateNotFound('index template', name)
  const flat = request.query.boolean('flat_settings', false)
  return ok({
    index_templates: names.flatMap((found) => {
      const template = indexTemplates.get(found)
      return template ? [{ name: found, index_template: printIndexTemplate(template, flat) }] : []
    }),
  })
}

function printIndexTemplate(template: IndexTemplate, flat: boolean): JsonObject {
  const { dataStream } = template
  return {
    index_patterns: template.indexPatterns,
    ...(template.template ? { template: printTemplateBody(template.template, flat) } : {}),
    composed_of: template.composedOf,
    ...(template.priority === undefined ? {} : { priority: template.priority }),
    ...(template.version === undefined ? {} : { version: template.version }),
    ...(template.meta ? { _meta: template.meta } : {}),
    ...(dataStream
      ? { data_stream: { hidden: dataStream.hidden ?? false, allow_custom_routing: dataStream.allowCustomRouting ?? false } }
      : {}),
    ...(template.allowAutoCreate === undefined ? {} : { allow_auto_create: template.allowAutoCreate }),
    ...(template.ignoreMissingComponents ? { ignore_missing_component_templates: template.ignoreMissingComponents } : {}),
    ...(template.deprecated ? { deprecated: true } : {}),
  }
}

function printTemplateBody({ settings, mappings, aliases, lifecycle, failureStore }: TemplateBody, flat: boolean): JsonObject {
  return {
    ...(settings ? { settings: printSettings(settings, { flat }) } : {}),
    ...(mappings ? { mappings } : {}),
    ...(aliases ? { aliases: printAliases(Object.entries(aliases)) } : {}),
    ...(lifecycle ? { lifecycle } : {}),
    ...(failureStore === undefined ? {} : { data_stream_options: { failure_store: { enabled: failureStore } } }),
  }
}

async function deleteIndex(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const { catalog } = context.index
  const names = namesOf(request, 'name')
  const found = names.flatMap((pattern) => namesMatching(catalog.indexTemplates, pattern))
  const missing = names.filter((name) => !name.includes('*') && !catalog.indexTemplates.has(name))
  if (missing.length > 0) {
    throw new ElkhornError(
      'index_template_missing_exception',
      404,
      names.length === 1 ? `index_template [${names[0]}] missing` : `index_template [${missing.join(',')}] missing`,
    )
  }
  await deleteIndexTemplates(catalog, found)
  return acknowledged
}

async function putComponent(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const template = parseComponentTemplate(bodyOf(request))
  await putComponentTemplate(context.index.catalog, required(request, 'name'), template, {
    create: request.query.boolean('create', false),
  })
  return acknowledged
}

function getComponent(request: ApiRequest, context: ApiContext): Answer {
  const { componentTemplates } = context.index.catalog
  const name = request.part('name')
  const names = namesMatching(componentTemplates, name ?? '*')
  if (names.length === 0 && name !== undefined && !name.includes('*')) throw templateNotFound('component template', name)
  const flat = request.query.boolean('flat_settings', false)
  return ok({
    component_templates: names.flatMap((found) => {
      const template = componentTemplates.get(found)
      return template ? [{ name: found, component_template: printComponentTemplate(template, flat) }] : []
    }),
  })
}

function printComponentTemplate(template: ComponentTemplate, flat: boolean): JsonObject {
  return {
    template: printTemplateBody(template.template, flat),
    ...(template.version === undefined ? {} : { version: template.version }),
    ...(template.meta ? { _meta: template.meta } : {}),
    ...(template.deprecated ? { deprecated: true } : {}),
  }
}

async function deleteComponent(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const { catalog } = context.index
  const names = namesOf(request, 'name')
  const found = names.flatMap((pattern) => namesMatching(catalog.componentTemplates, pattern))
  const missing = names.find((name) => !name.includes('*') && !catalog.componentTemplates.has(name))
  if (missing !== undefined) throw new ElkhornError('resource_not_found_exception', 404, missing)
  await deleteComponentTemplates(catalog, found)
  return acknowledged
}

async function putLegacy(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const json = bodyOf(request)
  const order = request.query.integer('order')
  const template = parseLegacyTemplate(order === undefined ? json : { order, ...json })
  await putLegacyTemplate(context.index.catalog, required(request, 'name'), template, {
    create: request.query.boolean('create', false),
  })
  return acknowledged
}

function getLegacy(request: ApiRequest, context: ApiContext): Answer {
  const { legacyTemplates } = context.index.catalog
  const patterns = namesOf(request, 'name')
  const names = (patterns.length > 0 ? patterns : ['*']).flatMap((pattern) => namesMatching(legacyTemplates, pattern))
  const flat = request.query.boolean('flat_settings', false)
  const body = Object.fromEntries(
    names.flatMap((name) => {
      const template = legacyTemplates.get(name)
      return template ? [[name, printLegacyTemplate(template, flat)] as const] : []
    }),
  )
  // Nothing found is a 404 without an error, unless patterns were asked for.
  const missing = names.length === 0 && patterns.some((pattern) => !pattern.includes('*'))
  return { status: missing ? 404 : 200, json: body }
}

function printLegacyTemplate(template: LegacyTemplate, flat: boolean): JsonObject {
  return {
    order: template.order,
    ...(template.version === undefined ? {} : { version: template.version }),
    index_patterns: template.indexPatterns,
    settings: printSettings(template.settings, { flat }),
    mappings: template.mappings,
    aliases: printAliases(Object.entries(template.aliases)),
  }
}

async function deleteLegacy(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const { legacyTemplates } = context.index.catalog
  const name = required(request, 'name')
  const found = namesMatching(legacyTemplates, name)
  if (found.length === 0 && name !== '*') throw legacyTemplateMissing(name)
  for (const one of found) await legacyTemplates.delete(one)
  return acknowledged
}

/** What an index of this name would get, from the templates there are and the one in the body. */
function simulateIndex(request: ApiRequest, context: ApiContext): Answer {
  const { catalog } = context.index
  const name = parseIndexName(resolveDateMathName(required(request, 'name'), context.index.clock.now()))
  const json = request.json()
  const given = json ? parseIndexTemplate(json) : undefined
  const simulated = `simulate_index_template_${name}`
  if (given) checkIndexTemplate(catalog, simulated, given)
  const existing = findIndexTemplate(catalog, name)
  const givenMatches = given?.indexPatterns.some((pattern) => matchesWildcard(pattern, name)) === true
  const winner =
    given && givenMatches && (given.priority ?? 0) >= (existing?.template.priority ?? 0)
      ? { name: simulated, template: given }
      : existing
  if (!winner) return ok({})
  return ok(simulation(context, winner.name, winner.template, findLegacyTemplates(catalog, name)))
}

function simulateTemplate(request: ApiRequest, context: ApiContext): Answer {
  const { catalog } = context.index
  const name = request.part('name')
  const json = request.json()
  if (json) {
    const template = parseIndexTemplate(json)
    const simulated = name ?? 'simulate_template'
    checkIndexTemplate(catalog, simulated, template)
    return ok(simulation(context, simulated, template, legacyOverlapping(context, template)))
  }
  const template = name === undefined ? undefined : catalog.indexTemplates.get(name)
  if (name === undefined) throw illegalArgument('a template name or a body is required')
  if (!template) throw illegalArgument(`unable to simulate template [${name}] that does not exist`)
  return ok(simulation(context, name, template, legacyOverlapping(context, template)))
}

function legacyOverlapping({ index: { catalog } }: ApiContext, template: IndexTemplate): readonly string[] {
  return [...catalog.legacyTemplates.entries()]
    .filter(([, { indexPatterns }]) =>
      template.indexPatterns.some((pattern) => indexPatterns.some((other) => patternsOverlap(pattern, other))),
    )
    .map(([name]) => name)
}

function simulation(context: ApiContext, name: string, template: IndexTemplate, legacy: readonly string[]): JsonObject {
  const { catalog } = context.index
  const overlapping = [
    ...legacy.map((other) => ({ name: other, index_patterns: catalog.legacyTemplates.get(other)?.indexPatterns ?? [] })),
    ...findOverlapping(catalog, name, template, { anyPriority: true }).map(([other, { indexPatterns }]) => ({
      name: other,
      index_patterns: indexPatterns,
    })),
  ]
  return { template: printComposed(composeTemplate(catalog, name, template)), overlapping }
}

function printComposed({ settings, mapping, aliases, lifecycle }: ComposedTemplate): JsonObject {
  return {
    settings: printSettings(settings, { flat: false }),
    mappings: printMapping(mapping),
    aliases: printAliases(Object.entries(aliases)),
    ...(lifecycle ? { lifecycle } : {}),
  }
}
