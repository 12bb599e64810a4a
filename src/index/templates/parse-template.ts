import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { parseRequestJson } from '../../core/request-json.ts'
import type { AliasRecord } from '../index-state.ts'
import { parseBoolean, parseInteger, printValue } from '../mapping/parameters.ts'
import { parseMapping } from '../mapping/parse-mapping.ts'
import { checkNewSettings, withIndexPrefix } from '../settings/index-settings.ts'
import { flattenSettings } from '../settings/settings-json.ts'
import type { ComponentTemplate, IndexTemplate, LegacyTemplate, TemplateBody } from './template.ts'

/** @throws ElkhornError `action_request_validation_exception` listing what is wrong, one number each */
export function validationFailed(...problems: readonly string[]): ElkhornError {
  return new ElkhornError(
    'action_request_validation_exception',
    400,
    `Validation Failed: ${problems.map((problem, i) => `${i + 1}: ${problem};`).join('')}`,
  )
}

/** @throws ElkhornError 400 naming the member that is wrong or unknown */
export function parseIndexTemplate(json: JsonObject): IndexTemplate {
  const known = [
    'index_patterns',
    'template',
    'composed_of',
    'priority',
    'version',
    '_meta',
    'data_stream',
    'allow_auto_create',
    'ignore_missing_component_templates',
    'deprecated',
    'created_date',
    'created_date_millis',
    'modified_date',
    'modified_date_millis',
  ]
  refuseUnknown(json, known, 'index_template')
  const indexPatterns = strings(json['index_patterns'])
  if (indexPatterns.length === 0) throw validationFailed('index patterns are missing')
  const priority = json['priority']
  if (priority !== undefined && priority !== null && Number(priority) < 0)
    throw validationFailed('index template priority must be >= 0')
  const stream = json['data_stream']
  return {
    indexPatterns,
    composedOf: strings(json['composed_of']),
    ...(json['template'] === undefined || json['template'] === null ? {} : { template: parseTemplateBody(json['template']) }),
    ...(json['ignore_missing_component_templates'] === undefined
      ? {}
      : { ignoreMissingComponents: strings(json['ignore_missing_component_templates']) }),
    ...optionalNumber('priority', priority),
    ...optionalNumber('version', json['version']),
    ...(isJsonObject(json['_meta']) ? { meta: json['_meta'] } : {}),
    ...(isJsonObject(stream) ? { dataStream: parseDataStreamOptions(stream) } : {}),
    ...(json['allow_auto_create'] === undefined || json['allow_auto_create'] === null
      ? {}
      : { allowAutoCreate: parseBoolean(json['allow_auto_create']) }),
    ...(json['deprecated'] === true ? { deprecated: true } : {}),
  }
}

function parseDataStreamOptions(json: JsonObject): NonNullable<IndexTemplate['dataStream']> {
  refuseUnknown(json, ['hidden', 'allow_custom_routing', 'timestamp_field', 'failure_store', 'index_mode'], 'data_stream')
  return {
    ...(json['hidden'] === undefined ? {} : { hidden: parseBoolean(json['hidden'] ?? false) }),
    ...(json['allow_custom_routing'] === undefined
      ? {}
      : { allowCustomRouting: parseBoolean(json['allow_custom_routing'] ?? false) }),
  }
}

export function parseComponentTemplate(json: JsonObject): ComponentTemplate {
  refuseUnknown(
    json,
    [
      'template',
      'version',
      '_meta',
      'deprecated',
      'created_date',
      'created_date_millis',
      'modified_date',
      'modified_date_millis',
    ],
    'component_template',
  )
  if (!isJsonObject(json['template'])) throw illegalArgument('Required [template]')
  return {
    template: parseTemplateBody(json['template']),
    ...optionalNumber('version', json['version']),
    ...(isJsonObject(json['_meta']) ? { meta: json['_meta'] } : {}),
    ...(json['deprecated'] === true ? { deprecated: true } : {}),
  }
}

export function parseLegacyTemplate(json: JsonObject): LegacyTemplate {
  refuseUnknown(json, ['index_patterns', 'template', 'order', 'version', 'settings', 'mappings', 'aliases'], 'template')
  const indexPatterns = strings(json['index_patterns'] ?? json['template'])
  if (indexPatterns.length === 0) throw validationFailed('index patterns are missing')
  const body = parseTemplateBody({
    settings: json['settings'] ?? {},
    mappings: json['mappings'] ?? {},
    aliases: json['aliases'] ?? {},
  })
  return {
    indexPatterns,
    order: json['order'] === undefined ? 0 : parseInteger(json['order']),
    ...optionalNumber('version', json['version']),
    settings: body.settings ?? {},
    mappings: body.mappings ?? {},
    aliases: body.aliases ?? {},
  }
}

function parseTemplateBody(json: JsonValue): TemplateBody {
  if (!isJsonObject(json)) throw illegalArgument('[template] must be an object')
  refuseUnknown(json, ['settings', 'mappings', 'aliases', 'lifecycle', 'data_stream_options'], 'template')
  const { settings, mappings, aliases, lifecycle, data_stream_options: options } = json
  const body: { -readonly [K in keyof TemplateBody]: TemplateBody[K] } = {}
  if (settings !== undefined && settings !== null) body.settings = checkNewSettings(withIndexPrefix(flattenSettings(settings)))
  if (mappings !== undefined && mappings !== null) {
    const parsed = typeof mappings === 'string' ? parseRequestJson(mappings) : mappings
    if (!isJsonObject(parsed)) throw illegalArgument('[mappings] must be an object')
    body.mappings = unwrapMappings(parsed)
    parseMapping(body.mappings)
  }
  if (aliases !== undefined && aliases !== null) body.aliases = parseAliases(aliases)
  if (isJsonObject(lifecycle)) body.lifecycle = lifecycle
  if (isJsonObject(options)) {
    const enabled = parseFailureStore(options)
    if (enabled !== undefined) body.failureStore = enabled
  }
  return body
}

/** `{ "failure_store": { "enabled": true } }`; `undefined` where nothing is said of it. @throws ElkhornError 400 */
export function parseFailureStore(options: JsonObject): boolean | undefined {
  refuseUnknown(options, ['failure_store'], 'data_stream_options')
  const store = options['failure_store']
  if (!isJsonObject(store)) return undefined
  refuseUnknown(store, ['enabled', 'lifecycle'], 'failure_store')
  const { enabled } = store
  return enabled === undefined || enabled === null ? undefined : parseBoolean(enabled)
}

/** `{ "_doc": { … } }` becomes what is inside. */
export function unwrapMappings(mappings: JsonObject): JsonObject {
  const inner = mappings['_doc']
  return Object.keys(mappings).length === 1 && isJsonObject(inner) ? inner : mappings
}

/** @throws ElkhornError 400 */
export function parseAliases(json: JsonValue): Readonly<Record<string, AliasRecord>> {
  if (!isJsonObject(json)) throw illegalArgument(`[aliases] must be an object, got [${printValue(json)}]`)
  return Object.fromEntries(Object.entries(json).map(([name, options]) => [name, parseAlias(name, options ?? {})]))
}

export function parseAlias(name: string, json: JsonValue): AliasRecord {
  if (!isJsonObject(json)) throw illegalArgument(`alias [${name}] must be an object, got [${printValue(json)}]`)
  const alias: { -readonly [K in keyof AliasRecord]: AliasRecord[K] } = {}
  for (const [key, value] of Object.entries(json)) {
    if (value === undefined || value === null) continue
    switch (key) {
      case 'filter':
        if (!isJsonObject(value)) throw illegalArgument(`failed to parse filter for alias [${name}]`)
        alias.filter = value
        break
      case 'routing':
        alias.index_routing ??= printValue(value)
        alias.search_routing ??= printValue(value)
        break
      case 'index_routing':
      case 'indexRouting':
      case 'index-routing':
        alias.index_routing = printValue(value)
        break
      case 'search_routing':
      case 'searchRouting':
      case 'search-routing':
        alias.search_routing = printValue(value)
        break
      case 'is_write_index':
        alias.is_write_index = parseBoolean(value)
        break
      case 'is_hidden':
        alias.is_hidden = parseBoolean(value)
        break
      default:
        throw illegalArgument(`Unknown field [${key}] in alias [${name}]`)
    }
  }
  return alias
}

export function strings(value: JsonValue | undefined): string[] {
  if (value === undefined || value === null) return []
  return (Array.isArray(value) ? value : [value]).map(printValue)
}

function optionalNumber<K extends string>(key: K, value: JsonValue | undefined): { readonly [k in K]?: number } {
  return (value === undefined || value === null ? {} : { [key]: parseInteger(value) }) as { readonly [k in K]?: number }
}

function refuseUnknown(json: JsonObject, known: readonly string[], parser: string): void {
  for (const key of Object.keys(json)) {
    if (!known.includes(key)) throw new ElkhornError('x_content_parse_exception', 400, `[1:1] [${parser}] unknown field [${key}]`)
  }
}
