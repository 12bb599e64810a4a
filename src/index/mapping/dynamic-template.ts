import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import type { DynamicTemplate } from './mapping.ts'
import { mapperParsing, printValue } from './parameters.ts'

/** What a value looked like that has no mapping yet. */
export type JsonKind = 'object' | 'string' | 'long' | 'double' | 'boolean' | 'date' | 'binary'

/** The field type that each kind gets where nothing says otherwise: `{dynamic_type}`. */
const dynamicTypes: Readonly<Record<JsonKind, string>> = {
  object: 'object',
  string: 'text',
  long: 'long',
  double: 'float',
  boolean: 'boolean',
  date: 'date',
  binary: 'binary',
}

/** @throws ElkhornError `mapper_parsing_exception` */
export function parseDynamicTemplates(json: JsonValue): readonly DynamicTemplate[] {
  if (!Array.isArray(json)) throw mapperParsing('Dynamic template syntax error. An array of named objects is expected.')
  // A name that stands twice: the last one counts, in the first one's place.
  const templates = new Map<string, DynamicTemplate>()
  for (const entry of json as readonly JsonValue[]) {
    const [name, definition] = isJsonObject(entry) ? (Object.entries(entry)[0] ?? []) : []
    if (!isJsonObject(entry) || Object.keys(entry).length !== 1 || name === undefined || !isJsonObject(definition)) {
      throw mapperParsing('A dynamic template must be defined with a name')
    }
    templates.set(name, parseTemplate(name, definition))
  }
  return [...templates.values()]
}

const matchKeys = [
  'match',
  'unmatch',
  'path_match',
  'path_unmatch',
  'match_mapping_type',
  'unmatch_mapping_type',
  'match_pattern',
]

function parseTemplate(name: string, json: JsonObject): DynamicTemplate {
  for (const key of Object.keys(json)) {
    if (!matchKeys.includes(key) && key !== 'mapping' && key !== 'runtime') {
      throw illegalArgument(`Illegal dynamic template parameter: [${key}]`)
    }
  }
  const runtime = json['runtime'] !== undefined
  const mapping = json['mapping'] ?? json['runtime']
  if (!isJsonObject(mapping)) throw mapperParsing(`template [${name}] must have either mapping or runtime set`)
  if (json['mapping'] !== undefined && runtime)
    throw mapperParsing(`mapping and runtime cannot be both specified in the same dynamic template [${name}]`)
  const matchPattern = json['match_pattern']
  if (matchPattern !== undefined && matchPattern !== 'regex' && matchPattern !== 'simple') {
    throw illegalArgument(`No matching pattern matched on [${printValue(matchPattern)}]`)
  }
  const template = {
    name,
    match: patterns(json['match']),
    unmatch: patterns(json['unmatch']),
    pathMatch: patterns(json['path_match']),
    pathUnmatch: patterns(json['path_unmatch']),
    ...(matchPattern === undefined ? {} : { matchPattern }),
    ...(json['match_mapping_type'] === undefined ? {} : { matchMappingType: kinds(json['match_mapping_type'], name) }),
    ...(json['unmatch_mapping_type'] === undefined ? {} : { unmatchMappingType: kinds(json['unmatch_mapping_type'], name) }),
    mapping,
    runtime,
    definition: json,
  } satisfies DynamicTemplate
  if (
    template.match.length === 0 &&
    template.pathMatch.length === 0 &&
    !json['match_mapping_type'] &&
    !json['unmatch_mapping_type'] &&
    template.unmatch.length === 0 &&
    template.pathUnmatch.length === 0
  ) {
    throw illegalArgument(`template must have match, path_match or match_mapping_type set ${printValue(json)}`)
  }
  if (matchPattern === 'regex') for (const pattern of [...template.match, ...template.unmatch]) toRegExp(pattern, name)
  return template
}

function patterns(value: JsonValue | undefined): readonly string[] {
  if (value === undefined) return []
  return (Array.isArray(value) ? value : [value]).map(printValue)
}

function kinds(value: JsonValue, template: string): readonly string[] {
  const names = patterns(value)
  for (const kind of names) {
    if (kind !== '*' && !Object.hasOwn(dynamicTypes, kind)) {
      throw illegalArgument(
        `No field type matched on [${kind}], possible values are [object, string, long, double, boolean, date, binary] (dynamic template [${template}])`,
      )
    }
  }
  return names
}

export function findDynamicTemplate(
  templates: readonly DynamicTemplate[],
  path: string,
  kind: JsonKind,
): DynamicTemplate | undefined {
  const name = path.slice(path.lastIndexOf('.') + 1)
  return templates.find((template) => {
    if (template.matchMappingType && !template.matchMappingType.some((type) => type === '*' || type === kind)) return false
    if (template.unmatchMappingType?.some((type) => type === '*' || type === kind)) return false
    const matches = template.matchPattern === 'regex' ? matchesRegExp : matchesWildcard
    if (template.match.length > 0 && !template.match.some((pattern) => matches(pattern, name))) return false
    if (template.unmatch.some((pattern) => matches(pattern, name))) return false
    if (template.pathMatch.length > 0 && !template.pathMatch.some((pattern) => matchesWildcard(pattern, path))) return false
    return !template.pathUnmatch.some((pattern) => matchesWildcard(pattern, path))
  })
}

/** The template's mapping for one field: `{name}` and `{dynamic_type}` filled in, in keys and values. */
export function mappingFromTemplate(template: DynamicTemplate, name: string, kind: JsonKind): JsonObject {
  const fill = (text: string): string =>
    text
      .replaceAll('{name}', name)
      .replaceAll('{dynamic_type}', dynamicTypes[kind])
      .replaceAll('{dynamicType}', dynamicTypes[kind])
  const walk = (value: JsonValue | undefined): JsonValue => {
    if (value === undefined) return null
    if (typeof value === 'string') return fill(value)
    if (Array.isArray(value)) return value.map(walk)
    if (isJsonObject(value)) return Object.fromEntries(Object.entries(value).map(([key, entry]) => [fill(key), walk(entry)]))
    return value
  }
  const mapping = walk(template.mapping) as JsonObject
  return mapping['type'] === undefined && !('properties' in mapping) ? { type: dynamicTypes[kind], ...mapping } : mapping
}

function matchesRegExp(pattern: string, text: string): boolean {
  return toRegExp(pattern, '').test(text)
}

function toRegExp(pattern: string, template: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u')
  } catch {
    throw illegalArgument(`Pattern [${pattern}] of type [regex] is invalid. Cannot create dynamic template [${template}].`)
  }
}
