import { ElkhornError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { MappedValues } from '../../engine/engine.ts'
import { DOC_COUNT } from '../../query/doc-count.ts'
import type { NestedObjects } from '../../query/nested-objects.ts'
import { completionInputs } from './completion.ts'
import { isMetadataField, type CompiledMapping, type LeafReader, type ObjectReader, type Reader } from './compile-mapping.ts'
import { defaultLimits, type MappingLimits } from './limits.ts'
import { printValue } from './parameters.ts'
import { splitPath } from './parse-mapping.ts'
import { vectorNumbers } from './special-readers.ts'
import { rankFeatures } from './rank-features.ts'
import { MalformedValue } from './malformed-value.ts'

/** Arrays within arrays, objects within unmapped arrays: nothing sensible is deeper. */
const MAX_NESTING = 1000
/** Characters of a value that an error shows. */
const PREVIEW_LENGTH = 100

/**
 * Reads a document's values into `out`, in document order. The hot path of every write: one pass, nothing allocated but
 * what values need.
 * @returns whether the document has names that the mapping could learn; `out` is not complete then
 * @throws ElkhornError `document_parsing_exception`, `strict_dynamic_mapping_exception`
 */
export function readDocument(
  mapping: CompiledMapping,
  document: JsonObject,
  id: string | undefined,
  out: MappedValues,
  limits: Pick<MappingLimits, 'nestedObjects' | 'ignoreMalformed'> = defaultLimits,
): boolean {
  const walk = newWalk(out, id, limits.ignoreMalformed)
  if (mapping.nested.length > 0) walk.nest = { around: [out], numbers: [], maxObjects: limits.nestedObjects }
  out.clear()
  if (mapping.root.enabled) walkObject(document, mapping.root, walk)
  return walk.learns
}

/** The state of reading one document. */
export interface Walk {
  /** Of the document, or of the nested object that is being read. */
  out: MappedValues
  readonly id: string | undefined
  learns: boolean
  depth: number
  /** Where the mapping has nested objects. */
  nest: Nest | undefined
  /** Values that do not fit are left out of fields that do not say otherwise. */
  readonly ignoreMalformed: boolean
}

interface Nest {
  /** The document, then the nested objects around what is being read: outermost first. */
  readonly around: MappedValues[]
  /** Numbers of those objects. */
  readonly numbers: number[]
  readonly maxObjects: number
}

export function newWalk(out: MappedValues, id: string | undefined, ignoreMalformed: boolean): Walk {
  return { out, id, learns: false, depth: 0, nest: undefined, ignoreMalformed }
}

function walkObject(object: JsonObject, reader: ObjectReader, walk: Walk): void {
  const { children } = reader
  // Parsed JSON has no inherited members; `for in` is twice as fast as Object.keys.
  // oxlint-disable-next-line guard-for-in
  for (const name in object) {
    const value = object[name]
    const child = children.get(name)
    if (child === undefined) walkUnknown(name, value, reader, walk)
    else if (child.leaf) readLeaf(value, child, walk)
    else walkObjects(value, child, walk)
  }
}

function walkObjects(value: JsonValue | undefined, reader: ObjectReader, walk: Walk): void {
  if (value === null || value === undefined || !reader.enabled) return
  if (typeof value !== 'object') {
    throw parsingError(
      `object mapping for [${reader.path}] tried to parse field [${lastName(reader.path)}] as object, but found a concrete value`,
    )
  }
  if (!Array.isArray(value)) {
    if (reader.nested === undefined) walkObject(value as JsonObject, reader, walk)
    else walkNested(value as JsonObject, reader, reader.nested, walk)
    return
  }
  enter(walk)
  for (const element of value as readonly JsonValue[]) walkObjects(element, reader, walk)
  walk.depth -= 1
}

/** A document within the document; what of it others may see is copied to them. */
function walkNested(value: JsonObject, reader: ObjectReader, nested: NestedObjects, walk: Walk): void {
  const { out } = walk
  const { around, numbers, maxObjects } = (walk.nest ??= { around: [out], numbers: [], maxObjects: defaultLimits.nestedObjects })
  const [document = out] = around
  if (document.objects.length >= maxObjects) {
    throw parsingError(
      `The number of nested documents has exceeded the allowed limit of [${maxObjects}]. This limit can be set by changing the [index.mapping.nested_objects.limit] index level setting.`,
    )
  }
  const object = document.addObject(nested, numbers)
  walk.out = object.values
  around.push(object.values)
  numbers.push(object.number)
  walkObject(value, reader, walk)
  numbers.pop()
  around.pop()
  walk.out = out
  const { includeInParent, includeInRoot, depth } = nested
  if (includeInParent) out.addAll(object.values)
  if (includeInRoot && !(includeInParent && depth === 1)) document.addAll(object.values)
}

function enter(walk: Walk): void {
  walk.depth += 1
  if (walk.depth > MAX_NESTING) throw parsingError(`the document is nested deeper than [${MAX_NESTING}]`)
}

/** Reads what stands in the place of a field. */
export function readLeaf(value: JsonValue | undefined, leaf: LeafReader, walk: Walk): void {
  if (value === null || value === undefined) {
    if (leaf.nullValue !== undefined) walk.out.add(leaf.field, leaf.nullValue)
  } else if (typeof value !== 'object' || leaf.shape !== 'values') {
    if (leaf.shape === 'values' || leaf.shape === 'whole') addValue(value, leaf, walk)
    else if (leaf.shape === 'tree') addTree(value, leaf, walk)
    else if (leaf.shape === 'inputs') addAll(value, leaf, walk, completionInputsOf)
    else if (leaf.shape === 'vector') addVector(value, leaf, walk)
    else if (leaf.shape === 'features') addAll(value, leaf, walk, featuresOf)
    else addPoints(value, leaf, walk)
    if (leaf.learns) walk.learns = true
  } else if (Array.isArray(value)) {
    enter(walk)
    for (const element of value as readonly JsonValue[]) readOne(element, leaf, walk)
    walk.depth -= 1
  } else addValue(value, leaf, walk)
  const { also } = leaf
  for (let i = 0; i < also.length; i++) {
    const other = also[i]
    if (other === undefined) continue
    if (other.depth === leaf.depth) readLeaf(value, other, walk)
    else copyOutward(value, other, walk)
  }
}

/** From a nested object to a field of one around it, or of the document. */
function copyOutward(value: JsonValue | undefined, leaf: LeafReader, walk: Walk): void {
  const { out } = walk
  walk.out = walk.nest?.around[leaf.depth] ?? out
  readLeaf(value, leaf, walk)
  walk.out = out
}

/** An element of an array: as `readLeaf`, without what stands beside the field, which sees the array itself. */
function readOne(value: JsonValue, leaf: LeafReader, walk: Walk): void {
  if (value === null) {
    if (leaf.nullValue !== undefined) walk.out.add(leaf.field, leaf.nullValue)
  } else if (Array.isArray(value)) {
    enter(walk)
    for (const element of value as readonly JsonValue[]) readOne(element, leaf, walk)
    walk.depth -= 1
  } else {
    addValue(value, leaf, walk)
    if (leaf.learns) walk.learns = true
  }
}

function addValue(value: JsonValue, leaf: LeafReader, walk: Walk): void {
  try {
    const read = leaf.read(value)
    if (read !== undefined) walk.out.add(leaf.field, read)
  } catch (error) {
    if (!(error instanceof MalformedValue)) throw error
    // An object is not a malformed value but none at all, and refused where no field takes objects.
    const isObject = isJsonObject(value) && leaf.shape === 'values' && leaf.field.type !== 'geo_shape'
    if (!(leaf.ignoreMalformed ?? walk.ignoreMalformed) || isObject) throw malformed(value, leaf, walk.id, error)
  }
}

/** A list of points, or one: two numbers in an array are a point, not two values. */
function addPoints(value: JsonValue, leaf: LeafReader, walk: Walk): void {
  if (!Array.isArray(value) || typeof value[0] === 'number') {
    addValue(value, leaf, walk)
    return
  }
  for (const point of value as readonly JsonValue[]) if (point !== null) addValue(point, leaf, walk)
}

/** What a completion field may complete to: texts, or objects that hold some under `input`. */
const completionInputsOf = (value: JsonValue, { path, field }: LeafReader): readonly string[] =>
  completionInputs(value, path, field.parameters.needsContexts === true)

const featuresOf = (value: JsonValue, { path, field }: LeafReader): readonly string[] =>
  rankFeatures(value, path, field.parameters.lowersScore === true)

/** The numbers of a vector, each a value of its own, in their order. */
function addVector(value: JsonValue, leaf: LeafReader, walk: Walk): void {
  const { length } = walk.out
  addValue(value, leaf, walk)
  // It was refused, and that is ignored.
  if (walk.out.length === length) return
  walk.out.length = length
  for (const one of vectorNumbers(value)) walk.out.add(leaf.field, one)
}

/** The texts that are made of one value. */
function addAll(
  value: JsonValue,
  leaf: LeafReader,
  walk: Walk,
  textsOf: (value: JsonValue, leaf: LeafReader) => readonly string[],
): void {
  try {
    for (const text of textsOf(value, leaf)) addValue(text, leaf, walk)
  } catch (error) {
    if (!(error instanceof MalformedValue)) throw error
    throw malformed(value, leaf, walk.id, error)
  }
}

/** Every leaf of a flattened object is a value of it. */
function addTree(value: JsonValue, leaf: LeafReader, walk: Walk): void {
  if (value === null) {
    if (leaf.nullValue !== undefined) walk.out.add(leaf.field, leaf.nullValue)
  } else if (typeof value !== 'object') addValue(value, leaf, walk)
  else {
    enter(walk)
    const below = Array.isArray(value) ? (value as readonly JsonValue[]) : Object.values(value as JsonObject)
    for (const one of below) if (one !== undefined) addTree(one, leaf, walk)
    walk.depth -= 1
  }
}

/** A name that is not among the reader's children: dotted, new, or not wanted. */
function walkUnknown(name: string, value: JsonValue | undefined, reader: ObjectReader, walk: Walk): void {
  if (reader.path === '' && isMetadataField(name)) {
    throw parsingError(
      `Field [${name}] is a metadata field and cannot be added inside a document. Use the index API request parameters.`,
    )
  }
  if (name === DOC_COUNT && reader.path === '') {
    walk.learns = true
    return
  }
  if (!reader.subobjects) {
    walkFlat(name, value, reader, walk)
    return
  }
  if (!name.includes('.')) {
    if (name.trim() === '')
      throw parsingError(
        name === '' ? 'field name cannot be an empty string' : `Field name cannot contain only whitespace: [${name}]`,
      )
    meetNew(name, value, reader, walk)
    return
  }
  const parts = splitDocumentPath(name)
  let at: Reader = reader
  for (const [i, part] of parts.entries()) {
    if (at.leaf) {
      throw parsingError(
        `Could not dynamically add mapping for field [${parts.slice(0, i + 1).join('.')}]. Existing mapping for [${at.path}] must be of type object but found [${at.field.type}].`,
      )
    }
    const next: Reader | undefined = at.children.get(part)
    if (next === undefined) {
      const rest = parts.slice(i).join('.')
      // Below an object that keeps dots in names, or an alias with dots.
      const flat = at.children.get(rest)
      if (flat) {
        at = flat
        break
      }
      if (at.enabled) meetNew(rest, value, at, walk)
      return
    }
    if (!next.leaf && !next.enabled) return
    at = next
  }
  // Mapped names only are remembered, so the map stays as small as the mapping.
  reader.children.set(name, at)
  if (at.leaf) readLeaf(value, at, walk)
  else walkObjects(value, at, walk)
}

function splitDocumentPath(name: string): string[] {
  try {
    return splitPath(name)
  } catch (error) {
    throw error instanceof ElkhornError ? parsingError(error.reason) : error
  }
}

/** Where objects do not count (`subobjects: false`), their members are fields with dots in their names. */
function walkFlat(name: string, value: JsonValue | undefined, reader: ObjectReader, walk: Walk): void {
  if (!isJsonObject(value)) {
    meetNew(name, value, reader, walk)
    return
  }
  enter(walk)
  for (const [key, below] of Object.entries(value)) {
    const full = `${name}.${key}`
    const child = reader.children.get(full)
    if (child?.leaf) readLeaf(below, child, walk)
    else walkFlat(full, below, reader, walk)
  }
  walk.depth -= 1
}

function meetNew(name: string, value: JsonValue | undefined, reader: ObjectReader, walk: Walk): void {
  switch (reader.unknown) {
    case 'learn':
      if (value !== null && value !== undefined) walk.learns = true
      return
    case 'refuse':
      throw new ElkhornError(
        'strict_dynamic_mapping_exception',
        400,
        `mapping set to strict, dynamic introduction of [${name}] within [${reader.path || '_doc'}] is not allowed`,
      )
    case 'skip':
      return
  }
}

export function parsingError(reason: string, causedBy?: ElkhornError): ElkhornError {
  return new ElkhornError('document_parsing_exception', 400, reason, causedBy ? { causedBy } : {})
}

function malformed(value: JsonValue, leaf: LeafReader, id: string | undefined, cause: MalformedValue): ElkhornError {
  const text = printValue(value)
  const preview = text.length > PREVIEW_LENGTH ? `${text.slice(0, PREVIEW_LENGTH)}...` : text
  return parsingError(
    `failed to parse field [${leaf.path}] of type [${leaf.field.type}] in document with id '${id ?? ''}'. Preview of field's value: '${preview}'`,
    new ElkhornError(cause.type, 400, cause.message),
  )
}

const lastName = (path: string): string => path.slice(path.lastIndexOf('.') + 1)
