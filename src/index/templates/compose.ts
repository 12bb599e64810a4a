import type { JsonObject } from '../../core/json.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import type { Catalog } from '../catalog.ts'
import type { AliasRecord } from '../index-state.ts'
import { emptyMapping, type Mapping } from '../mapping/mapping.ts'
import { mergeMappings } from '../mapping/merge-mappings.ts'
import { parseMapping } from '../mapping/parse-mapping.ts'
import type { Settings } from '../settings/settings-json.ts'
import type { IndexTemplate, TemplateBody } from './template.ts'

/** What all templates of a name together give to a new index. */
export interface ComposedTemplate {
  /** Names of the templates that took part: one index template, or the legacy ones. */
  readonly names: readonly string[]
  readonly settings: Settings
  readonly mapping: Mapping
  readonly aliases: Readonly<Record<string, AliasRecord>>
  readonly dataStream?: NonNullable<IndexTemplate['dataStream']>
  readonly lifecycle?: JsonObject
  readonly failureStore?: boolean
}

/** What an index gets that no template is for. */
export const nothing: ComposedTemplate = { names: [], settings: {}, mapping: emptyMapping, aliases: {} }

/** The index template of the highest priority whose patterns match; templates for everything leave hidden names alone. */
export function findIndexTemplate(
  catalog: Catalog,
  name: string,
  options: { readonly hidden?: boolean } = {},
): { readonly name: string; readonly template: IndexTemplate } | undefined {
  let best: { name: string; template: IndexTemplate } | undefined
  for (const [templateName, template] of catalog.indexTemplates.entries()) {
    const matches = template.indexPatterns.some(
      (pattern) => !(pattern === '*' && options.hidden) && matchesWildcard(pattern, name),
    )
    if (matches && (!best || priorityOf(template) > priorityOf(best.template))) best = { name: templateName, template }
  }
  return best
}

export const priorityOf = (template: IndexTemplate): number => template.priority ?? 0

/** Legacy templates that match, those of lower order first: later ones win. */
export function findLegacyTemplates(
  catalog: Catalog,
  name: string,
  options: { readonly hidden?: boolean } = {},
): readonly string[] {
  return [...catalog.legacyTemplates.entries()]
    .filter(([, template]) =>
      template.indexPatterns.some((pattern) => !(pattern === '*' && options.hidden) && matchesWildcard(pattern, name)),
    )
    .sort(([a, one], [b, other]) => one.order - other.order || (a < b ? -1 : 1))
    .map(([templateName]) => templateName)
}

/** Index templates hide legacy ones altogether. */
export function composeFor(catalog: Catalog, name: string, options: { readonly hidden?: boolean } = {}): ComposedTemplate {
  const found = findIndexTemplate(catalog, name, options)
  if (found) return composeTemplate(catalog, found.name, found.template)
  return findLegacyTemplates(catalog, name, options).reduce((composed, templateName) => {
    const template = catalog.legacyTemplates.get(templateName)
    return template ? { ...layTemplate(composed, template), names: [...composed.names, templateName] } : composed
  }, nothing)
}

/** An index template laid over its components, in their order. */
export function composeTemplate(catalog: Catalog, name: string, template: IndexTemplate): ComposedTemplate {
  let composed: ComposedTemplate = { ...nothing, names: [name] }
  for (const component of template.composedOf) {
    const body = catalog.componentTemplates.get(component)?.template
    if (body) composed = layTemplate(composed, body)
  }
  if (template.template) composed = layTemplate(composed, template.template)
  return template.dataStream ? { ...composed, dataStream: template.dataStream } : composed
}

/** What one template says, over what those below it said. */
export function layTemplate(below: ComposedTemplate, above: TemplateBody): ComposedTemplate {
  return {
    ...below,
    settings: { ...below.settings, ...above.settings },
    mapping: above.mappings ? mergeMappings(below.mapping, parseMapping(above.mappings), 'template') : below.mapping,
    aliases: { ...below.aliases, ...above.aliases },
    ...(above.lifecycle ? { lifecycle: above.lifecycle } : {}),
    ...(above.failureStore === undefined ? {} : { failureStore: above.failureStore }),
  }
}
