import type { FieldType } from '../../query/field.ts'
import { illegalArgument, type ElkhornError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { printJson } from '../../core/print-json.ts'
import { parseDynamicTemplates } from './dynamic-template.ts'
import { findParameter, parseFieldType } from './field-types.ts'
import {
  childPath,
  type AliasMapping,
  type Dynamic,
  type LeafMapping,
  type Mapping,
  type MappingNode,
  type MappingOptions,
  type NestedOptions,
  type ObjectMapping,
  type SourceOptions,
} from './mapping.ts'
import { mapperParsing, parseBoolean, parseInteger, printValue } from './parameters.ts'

/**
 * Reads a mapping in Elasticsearch's JSON. Names with dots become objects. What refers to other parts of the index
 * (aliases' targets, analyzers, limits) is checked when the mapping is compiled.
 * @throws ElkhornError `mapper_parsing_exception`
 */
export function parseMapping(json: JsonObject): Mapping {
  const body = unwrapType(json)
  const options: { -readonly [K in keyof MappingOptions]: MappingOptions[K] } = {}
  const unknown: JsonObject = {}
  let root: ObjectMapping = { kind: 'object', enabled: true, properties: new Map() }
  for (const [key, value] of Object.entries(body)) {
    if (value === undefined) continue
    switch (key) {
      case 'properties':
        root = { ...root, properties: parseProperties(value, '', root) }
        break
      case 'dynamic':
        root = { ...root, dynamic: parseDynamic(value, 'dynamic') }
        break
      case 'enabled':
        root = { ...root, enabled: parseBoolean(value) }
        break
      case 'subobjects':
        root = { ...root, subobjects: parseBoolean(value) }
        break
      case 'date_detection':
        options.dateDetection = parseBoolean(value)
        break
      case 'numeric_detection':
        options.numericDetection = parseBoolean(value)
        break
      case 'dynamic_date_formats':
      case 'date_formats':
        options.dynamicDateFormats = strings(value, key)
        break
      case 'dynamic_templates':
        options.dynamicTemplates = parseDynamicTemplates(value)
        break
      case '_source':
        options.source = parseSource(value)
        break
      case '_routing':
        options.routingRequired = isJsonObject(value) && value['required'] !== undefined && parseBoolean(value['required'])
        break
      case '_meta':
        options.meta = object(value, '_meta')
        break
      case 'runtime':
        options.runtime = parseRuntime(value)
        break
      case '_field_names':
      case '_size':
      case '_data_stream_timestamp':
      case '_doc_count':
      case '_index_mode':
        options.metadata = { ...options.metadata, [key]: value }
        break
      default:
        Object.assign(unknown, { [key]: value })
    }
  }
  if (Object.keys(unknown).length > 0) {
    throw mapperParsing(`Root mapping definition has unsupported parameters: ${printParameters(unknown)}`)
  }
  if (root.subobjects === false) root = { ...root, properties: parseProperties(body['properties'] ?? {}, '', root) }
  return { options, root }
}

/** `{ "_doc": { … } }`, as clients of older versions send it, is taken for what is inside. */
function unwrapType(json: JsonObject): JsonObject {
  const [only] = Object.keys(json)
  const inner = only === '_doc' && Object.keys(json).length === 1 ? json['_doc'] : undefined
  return isJsonObject(inner) ? inner : json
}

/** One property's definition, as it also stands in dynamic templates. `path` is for messages. */
export function parseProperty(
  json: JsonValue | undefined,
  path: string,
  options: { readonly multiField?: boolean } = {},
): MappingNode {
  if (!isJsonObject(json)) {
    throw mapperParsing(`Expected map for property [fields] on field [${path}] but got a ${json === null ? 'null' : typeof json}`)
  }
  const type = json['type'] ?? ('properties' in json || 'dynamic' in json || 'enabled' in json ? 'object' : undefined)
  if (type === undefined) throw mapperParsing(`No type specified for field [${nameOf(path)}]`)
  if (typeof type !== 'string') throw mapperParsing(`No type specified for field [${nameOf(path)}]`)
  if (options.multiField && (type === 'object' || type === 'nested' || type === 'alias' || type === 'passthrough')) {
    throw mapperParsing(`Type [${type}] cannot be used in multi field`)
  }
  if (type === 'object') return parseObject(json, path)
  if (type === 'nested') return parseObject(json, path, {})
  if (type === 'passthrough') return parsePassthrough(json, path)
  if (type === 'alias') return parseAlias(json, path)
  return parseLeaf(json, type, path, options.multiField ?? false)
}

function parseObject(json: JsonObject, path: string, nested?: NestedOptions): ObjectMapping {
  let node: ObjectMapping = { kind: 'object', enabled: true, ...(nested ? { nested } : {}), properties: new Map() }
  const unknown: JsonObject = {}
  for (const [key, value] of Object.entries(json)) {
    if (value === undefined || key === 'type' || key === 'properties') continue
    if (key === 'dynamic') node = { ...node, dynamic: parseDynamic(value, `${nameOf(path)}.dynamic`) }
    else if (key === 'enabled') node = { ...node, enabled: parseBoolean(value) }
    else if (key === 'include_in_parent' && node.nested) {
      node = { ...node, nested: { ...node.nested, includeInParent: parseBoolean(value) } }
    } else if (key === 'include_in_root' && node.nested) {
      node = { ...node, nested: { ...node.nested, includeInRoot: parseBoolean(value) } }
    } else if (key === 'subobjects' && !node.nested) node = { ...node, subobjects: parseBoolean(value) }
    else Object.assign(unknown, { [key]: value })
  }
  if (Object.keys(unknown).length > 0) {
    throw mapperParsing(`Mapping definition for [${nameOf(path)}] has unsupported parameters: ${printParameters(unknown)}`)
  }
  return { ...node, properties: parseProperties(json['properties'] ?? {}, path, node) }
}

/** An object whose fields are found under their own names, too. */
function parsePassthrough(json: JsonObject, path: string): ObjectMapping {
  const { priority, time_series_dimension: dimensions, ...rest } = json
  if (priority === undefined || priority === null)
    throw mapperParsing(`Pass-through object [${nameOf(path)}] is missing a non-negative value for parameter [priority]`)
  const level = parseInteger(priority)
  if (level < 0)
    throw mapperParsing(`Pass-through object [${nameOf(path)}] has a negative value for parameter [priority=${level}]`)
  const passthrough = { priority: level, dimensions: dimensions !== undefined && parseBoolean(dimensions) }
  return { ...parseObject(rest, path), passthrough }
}

function parseProperties(json: JsonValue, path: string, parent: ObjectMapping): ReadonlyMap<string, MappingNode> {
  // An empty array stands for "none" in bodies written by PHP.
  if (Array.isArray(json) && json.length === 0) return new Map()
  if (!isJsonObject(json))
    throw mapperParsing(`Expected map for property [properties] on field [${nameOf(path)}] but got a ${typeof json}`)
  const properties = new Map<string, MappingNode>()
  for (const [name, definition] of Object.entries(json)) {
    if (definition === undefined) continue
    const parts = parent.subobjects === false ? [name] : splitPath(name)
    let node = parseProperty(definition, childPath(path, name))
    if (parent.subobjects === false && node.kind === 'object') {
      throw mapperParsing(`Tried to add subobject [${name}] to object [${path || '_doc'}] which does not support subobjects`)
    }
    for (let i = parts.length - 1; i > 0; i--) {
      node = { kind: 'object', enabled: true, properties: new Map([[parts[i] ?? '', node]]) }
    }
    const first = parts[0] ?? ''
    const existing = properties.get(first)
    properties.set(first, existing ? joinNodes(existing, node, childPath(path, first)) : node)
  }
  return properties
}

/** `a` and `a.b` may stand side by side in one mapping. */
function joinNodes(a: MappingNode, b: MappingNode, path: string): MappingNode {
  if (a.kind !== 'object' || b.kind !== 'object') {
    throw mapperParsing(`can't merge a non object mapping [${path}] with an object mapping`)
  }
  const properties = new Map(a.properties)
  for (const [name, node] of b.properties) {
    const existing = properties.get(name)
    properties.set(name, existing ? joinNodes(existing, node, childPath(path, name)) : node)
  }
  return { ...a, ...b, enabled: a.enabled && b.enabled, properties }
}

/**
 * Splits a field name at its dots.
 * @throws ElkhornError for names that leave nothing between two dots
 */
export function splitPath(name: string): string[] {
  if (name === '') throw mapperParsing('field name cannot be an empty string')
  const parts = name.split('.')
  for (const part of parts) {
    if (part === '')
      throw illegalArgument(`field name starting or ending with a [.] makes object resolution ambiguous: [${name}]`)
    if (part.trim() === '') throw illegalArgument(`field name cannot contain only whitespace: ['${name}']`)
  }
  return parts
}

function parseAlias(json: JsonObject, path: string): AliasMapping {
  for (const key of Object.keys(json)) {
    if (key !== 'type' && key !== 'path') throw unknownParameter(key, path, 'alias')
  }
  const target = json['path']
  if (typeof target !== 'string' || target === '')
    throw mapperParsing(`The [path] property must be specified for field [${path}].`)
  return { kind: 'alias', target }
}

function parseLeaf(json: JsonObject, typeName: string, path: string, multiField: boolean): LeafMapping {
  const type = parseFieldType(typeName, path)
  const parameters: Record<string, JsonValue> = {}
  let copyTo: readonly string[] = []
  const multiFields = new Map<string, LeafMapping>()
  for (const [key, value] of Object.entries(json)) {
    if (key === 'type' || value === undefined) continue
    if (key === 'fields') {
      if (multiField) throw mapperParsing(`Type [${typeName}] cannot have multi-fields: [${path}] is a multi-field itself`)
      for (const [name, leaf] of parseMultiFields(value, path)) multiFields.set(name, leaf)
    } else if (key === 'copy_to') {
      if (multiField) {
        throw mapperParsing(
          `copy_to in multi fields is not allowed. Found the copy_to in field [${path}] which is within a multi field.`,
        )
      }
      copyTo = (Array.isArray(value) ? value : [value]).map(printValue)
    } else {
      const parameter = findParameter(type, key)
      if (!parameter) throw unknownParameter(key, nameOf(path), typeName)
      if (value === null && key !== 'null_value' && key !== 'similarity') {
        throw mapperParsing(`[${key}] on mapper [${nameOf(path)}] of type [${typeName}] must not have a [null] value`)
      }
      const parsed = parameter.parse(value, nameOf(path))
      if (parsed !== null && (parameter.overridesIndex || !sameJson(parsed, parameter.default))) parameters[key] = parsed
    }
  }
  if (type === 'scaled_float') {
    const factor = parameters['scaling_factor']
    if (factor === undefined) throw mapperParsing(`Field [${nameOf(path)}] misses required parameter [scaling_factor]`)
    if (!(Number(factor) > 0)) throw mapperParsing(`[scaling_factor] must be a positive number, got [${printValue(factor)}]`)
  }
  checkRequired(type, parameters, nameOf(path))
  return { kind: 'leaf', type, parameters: inOrder(parameters), copyTo, multiFields }
}

/** Parameters without which a type makes no sense. */
function checkRequired(type: FieldType, parameters: Readonly<Record<string, JsonValue>>, name: string): void {
  if (type === 'token_count' && parameters['analyzer'] === undefined)
    throw mapperParsing(`Analyzer must be set for field [${name}] but wasn't.`)
  if (type === 'join' && parameters['relations'] !== undefined && !isJsonObject(parameters['relations']))
    throw mapperParsing(`[relations] of the join field [${name}] must be an object of parents and their children`)
  if (type === 'aggregate_metric_double') {
    const { metrics, default_metric: asked } = parameters
    if (!Array.isArray(metrics)) throw mapperParsing(`Property [metrics] is required for field [${name}].`)
    if (asked === undefined) throw mapperParsing(`Property [default_metric] is required for field [${name}].`)
    if (!metrics.some((one) => one === asked))
      throw mapperParsing(`Default metric [${printValue(asked)}] is not defined in the metrics of field [${name}].`)
  }
}

function parseMultiFields(value: JsonValue, path: string): [string, LeafMapping][] {
  if (Array.isArray(value) && value.length === 0) return []
  if (!isJsonObject(value))
    throw mapperParsing(`expected map for property [fields] on field [${nameOf(path)}] but got a ${typeof value}`)
  return Object.entries(value).map(([name, definition]) => {
    if (name.includes('.')) {
      throw mapperParsing(`Field name [${name}] which is a multi field of [${nameOf(path)}] cannot contain '.'`)
    }
    const node = parseProperty(definition, childPath(path, name), { multiField: true })
    if (node.kind !== 'leaf') throw mapperParsing(`Type [${node.kind}] cannot be used in multi field`)
    return [name, node]
  })
}

/** Parameters print in one order, whatever order they came in. */
function inOrder(parameters: Readonly<Record<string, JsonValue>>): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1)))
}

export function sameJson(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && typeof a === 'object' && printJson(a) === printJson(b))
}

function parseDynamic(value: JsonValue, name: string): Dynamic {
  const text = String(value).toLowerCase()
  if (text === 'true' || text === 'false' || text === 'strict' || text === 'runtime') return text
  throw mapperParsing(
    `Could not convert [${name}] to boolean`,
    illegalArgument(`Failed to parse value [${printValue(value)}] as only [true] or [false] are allowed.`),
  )
}

function parseSource(value: JsonValue): SourceOptions {
  const json = object(value, '_source')
  const options: { -readonly [K in keyof SourceOptions]: SourceOptions[K] } = {}
  for (const [key, entry] of Object.entries(json)) {
    if (entry === undefined) continue
    if (key === 'enabled') options.enabled = parseBoolean(entry)
    else if (key === 'includes') options.includes = strings(entry, key)
    else if (key === 'excludes') options.excludes = strings(entry, key)
    else if (key === 'mode' && (entry === 'stored' || entry === 'disabled' || entry === 'synthetic')) options.mode = entry
    else if (key !== 'compress' && key !== 'compress_threshold') throw unknownParameter(key, '_source', '_source')
  }
  return options
}

function parseRuntime(value: JsonValue): JsonObject {
  const json = object(value, 'runtime')
  for (const [name, definition] of Object.entries(json)) {
    if (definition !== null && (!isJsonObject(definition) || typeof definition['type'] !== 'string')) {
      throw mapperParsing(`No type specified for runtime field [${name}]`)
    }
  }
  return json
}

function object(value: JsonValue, name: string): JsonObject {
  if (!isJsonObject(value)) throw mapperParsing(`[${name}] must be an object, got [${printValue(value)}]`)
  return value
}

function strings(value: JsonValue, name: string): string[] {
  if (value === null || isJsonObject(value)) throw mapperParsing(`[${name}] must be an array of strings`)
  return (Array.isArray(value) ? value : [value]).map(printValue)
}

function unknownParameter(key: string, field: string, type: string): ElkhornError {
  return mapperParsing(`unknown parameter [${key}] on mapper [${field}] of type [${type}]`)
}

function printParameters(parameters: JsonObject): string {
  return Object.entries(parameters)
    .map(([key, value]) => ` [${key} : ${printValue(value)}]`)
    .join('')
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1)
