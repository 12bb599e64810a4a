import { dateFormat } from '../../core/dates/date-format.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { DecimalLiteral } from '../../core/parse-json.ts'
import { DOC_COUNT } from '../../query/doc-count.ts'
import { findNode } from './compile-mapping.ts'
import { findDynamicTemplate, mappingFromTemplate, type JsonKind } from './dynamic-template.ts'
import {
  childPath,
  type Dynamic,
  type LeafMapping,
  type Mapping,
  type MappingNode,
  type MappingOptions,
  type ObjectMapping,
} from './mapping.ts'
import { parseProperty, splitPath } from './parse-mapping.ts'

/** Which strings are dates where the mapping does not say. */
const DEFAULT_DYNAMIC_DATE_FORMATS = ['strict_date_optional_time', 'yyyy/MM/dd HH:mm:ss||yyyy/MM/dd||epoch_millis']
/** Of a string of more characters no dynamic keyword is kept. */
const DYNAMIC_KEYWORD_IGNORE_ABOVE = 256

/**
 * What a mapping could learn from a document: the part to merge into it, `undefined` for nothing.
 * `document` is parsed with `DecimalLiteral`s, because `20.0` makes a float where `20` makes a long.
 */
export function inferMapping(mapping: Mapping, document: unknown): Mapping | undefined {
  const learned: Learned = { mapping, runtime: {}, root: new Branch() }
  if (isPlainObject(document)) learnObject(document, '', mapping.root, 'true', true, learned.root, learned)
  const hasRuntime = Object.keys(learned.runtime).length > 0
  if (learned.root.children.size === 0 && !hasRuntime) return undefined
  const options: MappingOptions = hasRuntime ? { runtime: learned.runtime } : {}
  return { options, root: build(learned.root, mapping.root) }
}

interface Learned {
  readonly mapping: Mapping
  readonly runtime: Record<string, JsonValue>
  readonly root: Branch
}

/** New nodes below an object: leaves as they will be, objects still growing. */
class Branch {
  readonly children = new Map<string, MappingNode | Branch>()
  /** What a dynamic template gave for this new object. */
  template: ObjectMapping | undefined

  branch(name: string): Branch | undefined {
    let child = this.children.get(name)
    if (child === undefined) {
      child = new Branch()
      this.children.set(name, child)
    }
    return child instanceof Branch ? child : undefined
  }
}

function build(branch: Branch, existing: ObjectMapping | undefined): ObjectMapping {
  const properties = new Map<string, MappingNode>(branch.template?.properties)
  for (const [name, child] of branch.children) {
    const below = existing?.properties.get(name) ?? branch.template?.properties.get(name)
    properties.set(name, child instanceof Branch ? build(child, below?.kind === 'object' ? below : undefined) : child)
  }
  const base = branch.template ?? existing
  return {
    kind: 'object',
    ...(branch.template?.dynamic === undefined ? {} : { dynamic: branch.template.dynamic }),
    enabled: base?.enabled ?? true,
    ...(branch.template?.subobjects === undefined ? {} : { subobjects: branch.template.subobjects }),
    ...(base?.nested ? { nested: base.nested } : {}),
    properties,
  }
}

type PlainObject = Readonly<Record<string, unknown>>

function isPlainObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof DecimalLiteral)
}

function learnObject(
  object: PlainObject,
  path: string,
  node: ObjectMapping | undefined,
  parentDynamic: Dynamic,
  parentSubobjects: boolean,
  branch: Branch,
  learned: Learned,
): void {
  if (node && !node.enabled) return
  const dynamic = node?.dynamic ?? parentDynamic
  const subobjects = node?.subobjects ?? parentSubobjects
  for (const [name, value] of Object.entries(object)) {
    learnMember(subobjects ? splitPath(name) : [name], value, path, node, dynamic, subobjects, branch, learned)
  }
}

function learnMember(
  parts: readonly string[],
  value: unknown,
  path: string,
  node: ObjectMapping | undefined,
  dynamic: Dynamic,
  subobjects: boolean,
  branch: Branch,
  learned: Learned,
): void {
  const [name = '', ...rest] = parts
  if (Array.isArray(value) && rest.length === 0) {
    for (const element of value) learnMember(parts, element, path, node, dynamic, subobjects, branch, learned)
    return
  }
  if (value === null || value === undefined) return
  const full = childPath(path, name)
  const existing = node?.properties.get(name) ?? nodeOf(branch.children.get(name))
  if (!subobjects && isPlainObject(value)) {
    for (const [key, below] of Object.entries(value)) {
      learnMember([`${name}.${key}`], below, path, node, dynamic, subobjects, branch, learned)
    }
    return
  }
  if (rest.length > 0 || (isPlainObject(value) && existing?.kind === 'object')) {
    if (existing && existing.kind !== 'object') return
    if (!existing && dynamic === 'runtime') learnRuntime(value, childPath(path, parts.join('.')), learned)
    if (!existing && dynamic !== 'true') return
    if (existing && !existing.enabled) return
    const template = existing ? undefined : templateNode(full, 'object', learned)
    if (template === 'runtime') return
    if (template && template.kind !== 'object') {
      branch.children.set(name, template)
      return
    }
    const child = branch.branch(name)
    if (!child) return
    if (template) child.template = template
    const below = existing ?? template
    const belowDynamic = below?.dynamic ?? dynamic
    const belowSubobjects = below?.subobjects ?? subobjects
    if (rest.length > 0)
      learnMember(belowSubobjects ? rest : [rest.join('.')], value, full, below, belowDynamic, belowSubobjects, child, learned)
    else learnObject(value as PlainObject, full, below, dynamic, subobjects, child, learned)
    // An object that existed and learned nothing is no news.
    if (existing && child.children.size === 0) branch.children.delete(name)
    return
  }
  if (existing) {
    if (existing.kind === 'leaf') learnAtLeaf(existing, value, full, name, branch, learned)
    return
  }
  if (full === DOC_COUNT) branch.children.set(name, parseProperty({ type: 'long' }, full))
  else if (dynamic === 'true') learnNew(value, full, name, dynamic, subobjects, branch, learned)
  else if (dynamic === 'runtime') learnRuntime(value, full, learned)
}

function nodeOf(child: MappingNode | Branch | undefined): MappingNode | undefined {
  return child instanceof Branch ? build(child, child.template) : child
}

function learnNew(
  value: unknown,
  path: string,
  name: string,
  dynamic: Dynamic,
  subobjects: boolean,
  branch: Branch,
  learned: Learned,
): void {
  if (isPlainObject(value)) {
    const node = templateNode(path, 'object', learned)
    if (node === 'runtime') return
    if (node && node.kind !== 'object') {
      branch.children.set(name, node)
      return
    }
    const child = branch.branch(name)
    if (!child) return
    if (node) child.template = node
    learnObject(value, path, node, dynamic, subobjects, child, learned)
    return
  }
  const leaf = newLeaf(value, path, learned)
  if (leaf) branch.children.set(name, leaf)
}

/** `undefined` where a template makes it a runtime field. */
function newLeaf(value: unknown, path: string, learned: Learned): MappingNode | undefined {
  const { kind, format } = kindOf(value, learned.mapping.options)
  const node = templateNode(path, kind, learned, format)
  if (node === 'runtime') return undefined
  return node ?? parseProperty(kind === 'date' && format !== undefined ? { type: 'date', format } : defaultMapping(kind), path)
}

/** What stands beside the values of a mapped field: a constant's first value, new targets of `copy_to`. */
function learnAtLeaf(leaf: LeafMapping, value: unknown, path: string, name: string, branch: Branch, learned: Learned): void {
  if (leaf.type === 'constant_keyword' && leaf.parameters['value'] === undefined && !isPlainObject(value)) {
    const constant = value instanceof DecimalLiteral ? String(value.value) : String(value)
    branch.children.set(name, { ...leaf, parameters: { ...leaf.parameters, value: constant } })
  }
  for (const target of leaf.copyTo) {
    if (findNode(learned.mapping, target) || path === target) continue
    if ((learned.mapping.root.dynamic ?? 'true') !== 'true') continue
    const parts = splitPath(target)
    let at: Branch | undefined = learned.root
    for (const part of parts.slice(0, -1)) at = at?.branch(part)
    const last = parts.at(-1)
    const copy = newLeaf(value, target, learned)
    if (at && copy && last !== undefined && !at.children.has(last)) at.children.set(last, copy)
  }
}

function templateNode(path: string, kind: JsonKind, learned: Learned, format?: string): MappingNode | 'runtime' | undefined {
  const template = findDynamicTemplate(learned.mapping.options.dynamicTemplates ?? [], path, kind)
  if (!template) return undefined
  const name = path.slice(path.lastIndexOf('.') + 1)
  const mapping = mappingFromTemplate(template, name, kind)
  if (template.runtime) {
    learned.runtime[path] = mapping
    return 'runtime'
  }
  const withFormat =
    format !== undefined && mapping['type'] === 'date' && mapping['format'] === undefined ? { ...mapping, format } : mapping
  return parseProperty(withFormat, path)
}

/** Runtime fields have no objects around them: their names hold the dots. */
function learnRuntime(value: unknown, path: string, learned: Learned): void {
  if (isPlainObject(value)) {
    for (const [name, below] of Object.entries(value)) learnRuntime(below, childPath(path, name), learned)
    return
  }
  const first: unknown = Array.isArray(value) ? value.find((element) => element !== null) : value
  if (first === null || first === undefined) return
  const { kind } = kindOf(first, learned.mapping.options)
  const type = kind === 'string' ? 'keyword' : kind
  if (learned.mapping.options.runtime?.[path] === undefined) learned.runtime[path] = { type }
}

function defaultMapping(kind: JsonKind): JsonObject {
  switch (kind) {
    case 'string':
      return { type: 'text', fields: { keyword: { type: 'keyword', ignore_above: DYNAMIC_KEYWORD_IGNORE_ABOVE } } }
    case 'double':
      return { type: 'float' }
    default:
      return { type: kind }
  }
}

function kindOf(value: unknown, options: MappingOptions): { readonly kind: JsonKind; readonly format?: string } {
  if (value instanceof DecimalLiteral) return { kind: 'double' }
  switch (typeof value) {
    case 'boolean':
      return { kind: 'boolean' }
    case 'number':
    case 'bigint':
      return { kind: 'long' }
    default:
      return kindOfText(String(value), options)
  }
}

function kindOfText(text: string, options: MappingOptions): { readonly kind: JsonKind; readonly format?: string } {
  if (options.dateDetection !== false && /[-/:]/.test(text.slice(1)) && !isNumeric(text)) {
    for (const format of options.dynamicDateFormats ?? DEFAULT_DYNAMIC_DATE_FORMATS) {
      if (Number.isNaN(dateFormat(format).parse(text))) continue
      // The default format of a date field covers the first one.
      return format === 'strict_date_optional_time' ? { kind: 'date' } : { kind: 'date', format }
    }
  }
  if (options.numericDetection === true && isNumeric(text)) {
    return { kind: /^[-+]?\d+$/.test(text) ? 'long' : 'double' }
  }
  return { kind: 'string' }
}

const isNumeric = (text: string): boolean => /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text)
