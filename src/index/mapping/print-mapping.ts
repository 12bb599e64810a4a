import type { JsonObject, JsonValue } from '../../core/json.ts'
import { DOC_COUNT } from '../../query/doc-count.ts'
import { parametersOf } from './field-types.ts'
import type { LeafMapping, Mapping, MappingNode, ObjectMapping } from './mapping.ts'

/** A mapping as Elasticsearch prints it: properties by name, parameters only where they differ from their defaults. */
export function printMapping({ options, root }: Mapping): JsonObject {
  const json: Record<string, JsonValue> = {}
  if (root.dynamic !== undefined) json['dynamic'] = root.dynamic
  if (!root.enabled) json['enabled'] = false
  if (options.meta) json['_meta'] = options.meta
  if (options.routingRequired) json['_routing'] = { required: true }
  if (options.source) json['_source'] = options.source as JsonObject
  if (options.metadata) Object.assign(json, options.metadata)
  if (options.dynamicDateFormats) json['dynamic_date_formats'] = options.dynamicDateFormats
  if (options.dynamicTemplates) {
    json['dynamic_templates'] = options.dynamicTemplates.map((template) => ({ [template.name]: template.definition }))
  }
  if (options.dateDetection !== undefined) json['date_detection'] = options.dateDetection
  if (options.numericDetection !== undefined) json['numeric_detection'] = options.numericDetection
  if (options.runtime && Object.keys(options.runtime).length > 0) json['runtime'] = options.runtime
  if (root.subobjects !== undefined) json['subobjects'] = root.subobjects
  if (root.properties.size > 0) json['properties'] = printProperties(root)
  return json
}

/** As `printMapping`, without what documents say about themselves alone. */
export function showMapping({ options, root }: Mapping): JsonObject {
  const properties = new Map([...root.properties].filter(([name]) => name !== DOC_COUNT))
  return printMapping({ options, root: { ...root, properties } })
}

function printProperties(node: ObjectMapping): JsonObject {
  return byName(node.properties, printNode)
}

function byName<T>(entries: ReadonlyMap<string, T>, print: (value: T) => JsonValue): JsonObject {
  const json: Record<string, JsonValue> = {}
  for (const name of [...entries.keys()].sort()) {
    const value = entries.get(name)
    // Assignment would set the prototype of a field called `__proto__`.
    if (value !== undefined)
      Object.defineProperty(json, name, { value: print(value), enumerable: true, writable: true, configurable: true })
  }
  return json
}

export function printNode(node: MappingNode): JsonObject {
  if (node.kind === 'alias') return { type: 'alias', path: node.target }
  if (node.kind === 'leaf') return printLeaf(node)
  const json: Record<string, JsonValue> = {}
  // An object without properties would print as nothing that could be read again.
  if (node.nested) json['type'] = 'nested'
  else if (node.passthrough) {
    json['type'] = 'passthrough'
    json['priority'] = node.passthrough.priority
    if (node.passthrough.dimensions) json['time_series_dimension'] = true
  } else if (node.properties.size === 0) json['type'] = 'object'
  if (node.nested?.includeInParent === true) json['include_in_parent'] = true
  if (node.nested?.includeInRoot === true) json['include_in_root'] = true
  if (node.dynamic !== undefined) json['dynamic'] = node.dynamic
  if (!node.enabled) json['enabled'] = false
  if (node.subobjects !== undefined) json['subobjects'] = node.subobjects
  if (node.properties.size > 0) json['properties'] = printProperties(node)
  return json
}

/** Always shown, as Elasticsearch does. */
const COMPLETION: JsonObject = {
  analyzer: 'simple',
  preserve_separators: true,
  preserve_position_increments: true,
  max_input_length: 50,
}

function printLeaf(leaf: LeafMapping): JsonObject {
  return {
    type: leaf.type,
    ...(leaf.type === 'completion' ? COMPLETION : {}),
    ...leaf.parameters,
    ...(leaf.copyTo.length > 0 ? { copy_to: leaf.copyTo } : {}),
    ...(leaf.multiFields.size > 0 ? { fields: byName(leaf.multiFields, printLeaf) } : {}),
  }
}

/** A field with every parameter its type has, as `include_defaults=true` asks. */
export function printLeafWithDefaults(leaf: LeafMapping): JsonObject {
  const defaults: Record<string, JsonValue> = {}
  for (const parameter of parametersOf(leaf.type)) {
    if (parameter.name === 'meta') continue
    if (parameter.default !== undefined) defaults[parameter.name] = parameter.default
    else if (parameter.name === 'null_value' || parameter.name === 'similarity') defaults[parameter.name] = null
  }
  return { type: leaf.type, ...defaults, ...printLeaf(leaf) }
}
