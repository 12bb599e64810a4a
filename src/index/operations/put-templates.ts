import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import type { Catalog } from '../catalog.ts'
import { compileMapping } from '../mapping/compile-mapping.ts'
import { composeTemplate, priorityOf } from '../templates/compose.ts'
import type { ComponentTemplate, IndexTemplate, LegacyTemplate } from '../templates/template.ts'

/**
 * Keeps an index template.
 * @throws ElkhornError `invalid_index_template_exception`, or `illegal_argument_exception` where another one of the same
 * priority might match the same names
 */
export async function putIndexTemplate(
  catalog: Catalog,
  name: string,
  template: IndexTemplate,
  options: { readonly create: boolean },
): Promise<void> {
  if (options.create && catalog.indexTemplates.has(name)) throw illegalArgument(`index template [${name}] already exists`)
  checkIndexTemplate(catalog, name, template)
  await catalog.indexTemplates.put(name, template)
}

/** What `putIndexTemplate` refuses; simulations ask it too. */
export function checkIndexTemplate(catalog: Catalog, name: string, template: IndexTemplate): void {
  const invalid = (why: string): ElkhornError =>
    new ElkhornError('invalid_index_template_exception', 400, `index_template [${name}] invalid, cause [${why}]`)
  for (const pattern of template.indexPatterns) {
    if (pattern.includes(' ')) throw invalid(`Validation Failed: 1: index_pattern [${pattern}] must not contain a space;`)
    if (pattern.startsWith('_')) throw invalid(`Validation Failed: 1: index_pattern [${pattern}] must not start with '_';`)
    if (pattern.includes(',')) throw invalid(`Validation Failed: 1: index_pattern [${pattern}] must not contain a ',';`)
  }
  const missing = template.composedOf.filter(
    (component) => !catalog.componentTemplates.has(component) && !template.ignoreMissingComponents?.includes(component),
  )
  if (missing.length > 0)
    throw invalid(`index template [${name}] specifies component templates [${missing.join(', ')}] that do not exist`)
  const overlapping = findOverlapping(catalog, name, template)
  if (overlapping.length > 0) {
    const patterns = overlapping.map(([other, { indexPatterns }]) => `${other} => [${indexPatterns.join(', ')}]`).join(',')
    throw illegalArgument(
      `index template [${name}] has index patterns [${template.indexPatterns.join(', ')}] matching patterns from existing templates [${overlapping.map(([other]) => other).join(',')}] with patterns (${patterns}) that have the same priority [${priorityOf(template)}], multiple index templates may not match during index creation, please use a different priority`,
    )
  }
  if (template.indexPatterns.includes('*') && template.template?.settings?.['index.hidden'] !== undefined) {
    throw invalid('Validation Failed: 1: global composable templates may not specify the setting index.hidden;')
  }
  // What the parts give together has to be a mapping.
  compileMapping(composeTemplate(catalog, name, template).mapping, [])
}

/** Templates that might match a name that this one matches, whatever their priority or only the same one. */
export function findOverlapping(
  catalog: Catalog,
  name: string,
  template: IndexTemplate,
  options: { readonly anyPriority?: boolean } = {},
): readonly (readonly [string, IndexTemplate])[] {
  return [...catalog.indexTemplates.entries()].filter(
    ([other, existing]) =>
      other !== name &&
      (options.anyPriority === true || priorityOf(existing) === priorityOf(template)) &&
      template.indexPatterns.some((pattern) => existing.indexPatterns.some((another) => patternsOverlap(pattern, another))),
  )
}

/** Whether some name matches both patterns. */
export function patternsOverlap(a: string, b: string): boolean {
  if (a === '' && b === '') return true
  if (a === '' || b === '') return (a + b).replaceAll('*', '') === ''
  if (!a.includes('*')) return matchesWildcard(b, a)
  if (!b.includes('*')) return matchesWildcard(a, b)
  const memo = new Map<number, boolean>()
  const overlap = (i: number, j: number): boolean => {
    if (i === a.length && j === b.length) return true
    const key = i * (b.length + 1) + j
    const known = memo.get(key)
    if (known !== undefined) return known
    memo.set(key, false)
    let result = false
    if (a[i] === '*') result = overlap(i + 1, j) || (j < b.length && overlap(i, j + 1))
    else if (b[j] === '*') result = overlap(i, j + 1) || (i < a.length && overlap(i + 1, j))
    else if (i < a.length && j < b.length && a[i] === b[j]) result = overlap(i + 1, j + 1)
    memo.set(key, result)
    return result
  }
  return overlap(0, 0)
}

/** Keeps a component template. @throws ElkhornError where an index template that uses it would make no sense any more */
export async function putComponentTemplate(
  catalog: Catalog,
  name: string,
  template: ComponentTemplate,
  options: { readonly create: boolean },
): Promise<void> {
  if (options.create && catalog.componentTemplates.has(name)) throw illegalArgument(`component template [${name}] already exists`)
  if (template.template.mappings) {
    const alone: IndexTemplate = { indexPatterns: ['*'], composedOf: [], template: template.template }
    compileMapping(composeTemplate(catalog, name, alone).mapping, [])
  }
  await catalog.componentTemplates.put(name, template)
}

/** @throws ElkhornError `illegal_argument_exception` while index templates use it */
export async function deleteComponentTemplates(catalog: Catalog, names: readonly string[]): Promise<void> {
  const users = [...catalog.indexTemplates.entries()].filter(([, { composedOf }]) =>
    composedOf.some((component) => names.includes(component)),
  )
  if (users.length > 0) {
    const used = names.filter((name) => users.some(([, { composedOf }]) => composedOf.includes(name)))
    throw illegalArgument(
      `component templates [${used.join(', ')}] cannot be removed as they are still in use by index templates [${users.map(([user]) => user).join(', ')}]`,
    )
  }
  for (const name of names) await catalog.componentTemplates.delete(name)
}

/** @throws ElkhornError `illegal_argument_exception` while data streams were made from it */
export async function deleteIndexTemplates(catalog: Catalog, names: readonly string[]): Promise<void> {
  const streams = [...catalog.dataStreams].filter(([, stream]) => names.includes(stream.template)).map(([name]) => name)
  if (streams.length > 0) {
    throw illegalArgument(
      `unable to remove composable templates [${names.join(', ')}] as they are in use by a data streams [${streams.join(', ')}]`,
    )
  }
  for (const name of names) await catalog.indexTemplates.delete(name)
}

export async function putLegacyTemplate(
  catalog: Catalog,
  name: string,
  template: LegacyTemplate,
  options: { readonly create: boolean },
): Promise<void> {
  if (options.create && catalog.legacyTemplates.has(name)) throw illegalArgument(`index_template [${name}] already exists`)
  await catalog.legacyTemplates.put(name, template)
}

export function templateNotFound(kind: 'index template' | 'component template', name: string): ElkhornError {
  return new ElkhornError('resource_not_found_exception', 404, `${kind} matching [${name}] not found`)
}

export function legacyTemplateMissing(name: string): ElkhornError {
  return new ElkhornError('index_template_missing_exception', 404, `index_template [${name}] missing`)
}
