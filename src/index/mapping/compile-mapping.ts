import { metricReader, parentIdReader, readDocCount, relationsOf } from './special-readers.ts'
import { metricPath } from '../../query/aggregate-metric.ts'
import { DOC_COUNT } from '../../query/doc-count.ts'
import { parentIdPath } from '../../query/join.ts'
import { FEATURES, OPAQUE, STRUCTURES, TEXTS } from '../../query/field-kinds.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import type { VectorSimilarity } from '../../query/vector.ts'
import type { Field, FieldLookup, FieldParameters, FieldType, FieldValue } from '../../query/field.ts'
import { needsContexts } from './completion.ts'
import { nestedAround, type NestedObjects } from '../../query/nested-objects.ts'
import { childPath, type LeafMapping, type Mapping, type MappingNode, type NestedOptions, type ObjectMapping } from './mapping.ts'
import { findParameter } from './field-types.ts'
import { mapperParsing } from './parameters.ts'
import { MalformedValue } from './malformed-value.ts'
import { readerOf, readNullValue, type ValueReader } from './value-readers.ts'

/** A mapping made ready for documents and queries. Immutable: an index that learns a field gets a new one. */
export interface CompiledMapping extends FieldLookup {
  readonly mapping: Mapping
  /** Paths by ordinal, of all fields that the index ever had. */
  readonly paths: readonly string[]
  readonly root: ObjectReader
  /** Full path of an alias to the path of its field. */
  readonly aliases: ReadonlyMap<string, string>
  /** Objects that are documents of their own, outer ones before those within them. */
  readonly nested: readonly NestedObjects[]
  /** Whether any keyword has a normalizer: those need the index's analysis settings, which mappings do not know. */
  readonly hasNormalizers: boolean
  /** Fields whose values are queries. */
  readonly percolators: readonly Field[]
  /** The field of relations between documents. */
  readonly join: Field | undefined
}

/** Plain objects with the same members in the same order, so that the mapper's inner loop stays monomorphic. */
export interface ObjectReader {
  readonly leaf: false
  readonly path: string
  /** Also under names with dots (`a.b` → the reader of `b`), added the first time one is met. */
  readonly children: Map<string, Reader>
  /** What to do with a name that is not among `children`. */
  readonly unknown: 'learn' | 'skip' | 'refuse'
  /** False: nothing below is looked at. */
  readonly enabled: boolean
  readonly subobjects: boolean
  /** What stands here are documents of their own. */
  readonly nested: NestedObjects | undefined
  readonly field: undefined
  readonly read: undefined
}

export interface LeafReader {
  readonly leaf: true
  readonly path: string
  readonly field: Field
  readonly read: ValueReader
  readonly nullValue: FieldValue | undefined
  /** Whether a value that does not fit is left out; `undefined` as the index says. */
  readonly ignoreMalformed: boolean | undefined
  /** How arrays and objects are taken: as several values, as one point, as a tree whose leaves are the values, as inputs, as features, as the numbers of a vector, as one value. */
  readonly shape: 'values' | 'point' | 'tree' | 'inputs' | 'features' | 'vector' | 'whole'
  /** Multi-fields, and fields that `copy_to` names; filled after all readers exist. */
  readonly also: LeafReader[]
  /** A value here teaches the mapping something: an open constant, a `copy_to` target that is not mapped yet. */
  readonly learns: boolean
  /** How many nested objects are around it. */
  readonly depth: number
}

export type Reader = ObjectReader | LeafReader

/** Metadata that a document may not contain at its top. */
const METADATA_FIELDS = [
  '_id',
  '_index',
  '_source',
  '_routing',
  '_field_names',
  '_ignored',
  '_seq_no',
  '_primary_term',
  '_version',
  '_nested_path',
  '_type',
]

export function isMetadataField(name: string): boolean {
  return METADATA_FIELDS.includes(name)
}

/**
 * `previous` gives its `Field` objects to fields that did not change and its ordinals to all.
 * @throws ElkhornError where parameters make no sense together (a null value its field cannot hold, an alias to nothing)
 */
export function compileMapping(mapping: Mapping, paths: readonly string[], previous?: CompiledMapping): CompiledMapping {
  const ordinals = new Map(paths.map((path, ordinal) => [path, ordinal]))
  const fields: Field[] = []
  const byPath = new Map<string, Field>()
  const leaves = new Map<string, LeafReader>()
  const aliases = new Map<string, string>()
  const copies: { readonly from: LeafReader; readonly to: readonly string[] }[] = []
  const allPaths = [...paths]
  const nested: NestedObjects[] = []

  const ordinalOf = (path: string): number => {
    let ordinal = ordinals.get(path)
    if (ordinal === undefined) {
      ordinal = allPaths.length
      allPaths.push(path)
      ordinals.set(path, ordinal)
    }
    return ordinal
  }

  const addLeaf = (leaf: LeafMapping, path: string): LeafReader => {
    const read = compileReader(leaf, path)
    const nullValue = compileNullValue(leaf, read, path)
    const parameters = fieldParameters(leaf, nullValue)
    const before = previous?.find(path)
    const same =
      before?.path === path &&
      before.type === leaf.type &&
      JSON.stringify(before.parameters, printBigints) === JSON.stringify(parameters, printBigints)
    const field = same ? before : { path, type: leaf.type, ordinal: ordinalOf(path), parameters }
    const reader: LeafReader = {
      leaf: true,
      path,
      field,
      read,
      nullValue,
      ignoreMalformed: ignoresMalformed(leaf),
      shape: path === DOC_COUNT ? 'whole' : shapeOf(leaf.type),
      also: [],
      learns:
        (leaf.type === 'constant_keyword' && parameters.constant === undefined) ||
        leaf.copyTo.some((target) => !hasField(mapping, target)),
      depth: nestedAround(path, nested)?.depth ?? 0,
    }
    // Metadata, found by whoever knows its path.
    if (path !== DOC_COUNT) fields.push(field)
    byPath.set(path, field)
    leaves.set(path, reader)
    for (const [name, part] of partsOf(leaf)) reader.also.push(addLeaf(part, childPath(path, name)))
    for (const metric of parameters.metrics ?? []) {
      reader.also.push(addHidden(metricPath(path, metric), 'double', metricReader(metric)))
    }
    for (const [parent, children] of Object.entries(parameters.relations ?? {})) {
      reader.also.push(addHidden(parentIdPath(path, parent), 'keyword', parentIdReader(children)))
    }
    for (const [name, multi] of leaf.multiFields) reader.also.push(addLeaf(multi, childPath(path, name)))
    if (leaf.copyTo.length > 0) copies.push({ from: reader, to: leaf.copyTo })
    return reader
  }

  const addNested = ({ includeInParent = false, includeInRoot = false }: NestedOptions, path: string): NestedObjects => {
    const around = nestedAround(path, nested)
    const objects = { path, parent: around?.path ?? '', depth: (around?.depth ?? 0) + 1, includeInParent, includeInRoot }
    nested.push(objects)
    return objects
  }

  /** Found by whoever knows its path, but in no list: it is no field of the mapping. */
  const addHidden = (path: string, type: FieldType, read: ValueReader): LeafReader => {
    const field: Field = previous?.find(path) ?? {
      path,
      type,
      ordinal: ordinalOf(path),
      parameters: { indexed: true, docValues: true },
    }
    byPath.set(path, field)
    return {
      leaf: true,
      path,
      field,
      read,
      nullValue: undefined,
      ignoreMalformed: true,
      shape: 'whole',
      also: [],
      learns: false,
      depth: nestedAround(path, nested)?.depth ?? 0,
    }
  }

  const addObject = (node: ObjectMapping, path: string, dynamic: string, subobjects: boolean): ObjectReader => {
    const objects = node.nested && addNested(node.nested, path)
    const mode = node.dynamic ?? dynamic
    const flat = node.subobjects === undefined ? subobjects : node.subobjects
    const children = new Map<string, Reader>()
    for (const [name, child] of node.properties) {
      const reader = addNode(child, childPath(path, name), mode, flat)
      if (reader) children.set(name, reader)
    }
    const unknown = mode === 'strict' ? 'refuse' : mode === 'false' ? 'skip' : 'learn'
    const reader = { leaf: false, path, children, unknown, enabled: node.enabled, subobjects: flat } as const
    return { ...reader, nested: objects, field: undefined, read: undefined }
  }

  const aliasReader = (path: string, field: Field): LeafReader => ({
    leaf: true,
    path,
    field,
    read: () => {
      throw new MalformedValue(`Cannot write to a field alias [${path}].`)
    },
    nullValue: undefined,
    ignoreMalformed: false,
    shape: 'values',
    also: [],
    learns: false,
    depth: 0,
  })

  const addNode = (node: MappingNode, path: string, dynamic: string, subobjects: boolean): Reader | undefined => {
    if (node.kind === 'object') return addObject(node, path, dynamic, subobjects)
    if (node.kind === 'leaf') return addLeaf(node, path)
    aliases.set(path, node.target)
    return undefined
  }

  const root = addObject(mapping.root, '', 'true', true)
  for (const [path, target] of aliases) {
    checkAlias(path, target, byPath, aliases)
    const field = byPath.get(target)
    // Names with dots are found from the root.
    if (field) root.children.set(path, aliasReader(path, field))
  }
  for (const [path, target] of shortNames(mapping.root)) {
    if (byPath.has(target) && !byPath.has(path) && !aliases.has(path) && !root.children.has(path)) aliases.set(path, target)
  }
  for (const { from, to } of copies) {
    for (const path of to) {
      checkCopy(from.path, path, nested)
      const reader = leaves.get(path)
      // A target that is not mapped yet is made by the first document (`document-mapper.ts`).
      if (reader) from.also.push(reader)
    }
  }
  return {
    mapping,
    paths: allPaths,
    root,
    aliases,
    nested,
    hasNormalizers: fields.some((field) => field.parameters.normalizer !== undefined),
    join: fields.find(({ type }) => type === 'join'),
    percolators: fields.filter(({ type }) => type === 'percolator'),
    find: (path) => byPath.get(path) ?? byPath.get(aliases.get(path) ?? ''),
    match: (pattern) =>
      pattern.includes('*')
        ? fields.filter((field) => matchesWildcard(pattern, field.path))
        : [byPath.get(pattern) ?? byPath.get(aliases.get(pattern) ?? '')].filter((field) => field !== undefined),
    all: () => fields,
  }
}

/** Names without the pass-through object that a field is in, of higher priority first. */
function shortNames(root: ObjectMapping): [path: string, target: string][] {
  const found: { readonly priority: number; readonly path: string; readonly target: string }[] = []
  const walk = (
    node: ObjectMapping,
    path: string,
    within: { readonly path: string; readonly priority: number } | undefined,
  ): void => {
    for (const [name, child] of node.properties) {
      const target = childPath(path, name)
      if (child.kind === 'object') {
        walk(child, target, child.passthrough ? { path: target, priority: child.passthrough.priority } : within)
      } else if (within && child.kind === 'leaf') {
        found.push({ priority: within.priority, path: target.slice(within.path.length + 1), target })
      }
    }
  }
  walk(root, '', undefined)
  return found.sort((a, b) => b.priority - a.priority).map(({ path, target }) => [path, target])
}

/** A value is copied within its own object, or to one of those around it. */
function checkCopy(from: string, to: string, nested: readonly NestedObjects[]): void {
  const target = nestedAround(to, nested)
  if (target === undefined || from.startsWith(`${target.path}.`)) return
  const source = nestedAround(from, nested)
  throw mapperParsing(
    `Illegal combination of [copy_to] and [nested] mappings: [copy_to] may only copy data to the current nested document or any of its parents, however one [copy_to] directive is trying to copy data from ${source ? `nested object [${source.path}]` : 'the root document'} to nested object [${target.path}]`,
  )
}

/** Types of which an array or an object is one value. */
const WHOLE: ReadonlySet<FieldType> = new Set(['aggregate_metric_double', 'rank_feature', ...STRUCTURES])

function shapeOf(type: FieldType): LeafReader['shape'] {
  if (type === 'geo_point') return 'point'
  if (type === 'flattened') return 'tree'
  if (type === 'dense_vector') return 'vector'
  if (WHOLE.has(type)) return 'whole'
  if (type === 'rank_features') return 'features'
  return type === 'completion' ? 'inputs' : 'values'
}

function compileReader(leaf: LeafMapping, path: string): ValueReader {
  try {
    return path === DOC_COUNT ? readDocCount : readerOf(leaf, path)
  } catch (error) {
    throw mapperParsing(
      `Failed to parse mapping: Failed to parse parameters of field [${path}]: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

function compileNullValue(leaf: LeafMapping, read: ValueReader, path: string): FieldValue | undefined {
  try {
    return readNullValue(leaf, read)
  } catch (error) {
    if (!(error instanceof MalformedValue)) throw error
    throw mapperParsing(`Error parsing [null_value] on field [${path}]: ${error.message}`)
  }
}

const printBigints = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}n` : value)

/** Types that have no such parameter refuse what does not fit, whatever the index says. */
function ignoresMalformed({ type, parameters }: LeafMapping): boolean | undefined {
  const own = parameters['ignore_malformed']
  if (typeof own === 'boolean') return own
  return findParameter(type, 'ignore_malformed') === undefined ? false : undefined
}

/** What queries and the engine need to know of a leaf's parameters. */
function fieldParameters(leaf: LeafMapping, nullValue: FieldValue | undefined): FieldParameters {
  const { type, parameters } = leaf
  const isText = TEXTS.includes(type)
  const hasNone = OPAQUE.includes(type) || FEATURES.includes(type)
  const docValues = !isText && (parameters['doc_values'] ?? !hasNone) === true
  const text = <K extends string>(name: string, key: K): { readonly [k in K]?: string } => {
    const value = parameters[name]
    return (typeof value === 'string' ? { [key]: value } : {}) as { readonly [k in K]?: string }
  }
  return {
    indexed: parameters['index'] !== false && !OPAQUE.includes(type),
    docValues,
    ...text('format', 'format'),
    ...text('analyzer', 'analyzer'),
    ...text('search_analyzer', 'searchAnalyzer'),
    ...text('normalizer', 'normalizer'),
    ...text('value', 'constant'),
    ...(typeof parameters['ignore_above'] === 'number' ? { ignoreAbove: parameters['ignore_above'] } : {}),
    ...(parameters['ignore_malformed'] === true ? { ignoreMalformed: true } : {}),
    ...(nullValue === undefined ? {} : { nullValue }),
    ...(type === 'scaled_float' ? { scalingFactor: Number(parameters['scaling_factor']) } : {}),
    ...(type === 'text' && parameters['fielddata'] === true ? { fielddata: true } : {}),
    ...(type === 'text' && parameters['norms'] === false ? { omitsNorms: true } : {}),
    ...(type === 'text' ? omittedParts(parameters['index_options']) : {}),
    ...(type === 'completion' && needsContexts(parameters['contexts']) ? { needsContexts: true } : {}),
    ...(type === 'token_count' && parameters['enable_position_increments'] === false ? { countsHoles: false } : {}),
    ...(type === 'aggregate_metric_double' ? metricParameters(parameters) : {}),
    ...(parameters['positive_score_impact'] === false ? { lowersScore: true } : {}),
    ...(type === 'dense_vector' ? vectorParameters(parameters) : {}),
    ...(type === 'join' ? { relations: relationsOf(parameters['relations']) } : {}),
    ...(type === 'binary' && parameters['store'] === true ? { stored: true } : {}),
    ...(parameters['time_series_dimension'] === true ? { dimension: true } : {}),
  }
}

/** What the index does not know of the words of a text. */
function omittedParts(indexOptions: unknown): Pick<FieldParameters, 'indexOptions'> {
  return indexOptions === 'docs' || indexOptions === 'freqs' ? { indexOptions } : {}
}

function vectorParameters({ dims, similarity }: LeafMapping['parameters']): Pick<FieldParameters, 'dims' | 'vectorSimilarity'> {
  return {
    ...(typeof dims === 'number' ? { dims } : {}),
    ...(typeof similarity === 'string' ? { vectorSimilarity: similarity as VectorSimilarity } : {}),
  }
}

function metricParameters(parameters: LeafMapping['parameters']): Pick<FieldParameters, 'metrics' | 'defaultMetric'> {
  const { metrics, default_metric: asked } = parameters
  return {
    metrics: Array.isArray(metrics) ? metrics.map(String) : [],
    ...(typeof asked === 'string' ? { defaultMetric: asked } : {}),
  }
}

/** The fields that come with a `search_as_you_type` field: its words in groups, and the beginnings of groups. */
function partsOf({ type, parameters }: LeafMapping): readonly (readonly [name: string, part: LeafMapping])[] {
  if (type !== 'search_as_you_type' || parameters[PART] === true) return []
  const { analyzer = 'default', search_analyzer: asked = analyzer, max_shingle_size: size = 3 } = parameters
  const part = (name: string, indexed: string, searched: string): readonly [string, LeafMapping] => [
    name,
    {
      kind: 'leaf',
      type,
      parameters: { [PART]: true, analyzer: `${String(analyzer)}${indexed}`, search_analyzer: `${String(asked)}${searched}` },
      copyTo: [],
      multiFields: new Map(),
    },
  ]
  return [
    part('_2gram', '#2gram', '#2gram'),
    ...(Number(size) >= 3 ? [part('_3gram', '#3gram', '#3gram')] : []),
    part('_index_prefix', '#prefix', '#3gram'),
  ]
}

/** Says of a leaf that it is one of those parts, which have none themselves. */
const PART = ' part'

function checkAlias(
  path: string,
  target: string,
  fields: ReadonlyMap<string, Field>,
  aliases: ReadonlyMap<string, string>,
): void {
  const invalid = (why: string): Error => mapperParsing(`Invalid [path] value [${target}] for field alias [${path}]: ${why}`)
  if (target === path) throw invalid('an alias cannot refer to itself.')
  if (aliases.has(target)) throw invalid('an alias cannot refer to another alias.')
  if (!fields.has(target)) throw invalid('an alias must refer to an existing field in the mappings.')
}

function hasField(mapping: Mapping, path: string): boolean {
  return findNode(mapping, path)?.kind === 'leaf'
}

/** The node at a full path, multi-fields included. */
export function findNode(mapping: Mapping, path: string): MappingNode | undefined {
  let node: MappingNode = mapping.root
  const parts = path.split('.')
  for (let i = 0; i < parts.length; i++) {
    const name = parts[i] ?? ''
    if (node.kind === 'object') {
      const rest = parts.slice(i).join('.')
      const flat: MappingNode | undefined = node.properties.get(rest)
      if (flat) return flat
      const child: MappingNode | undefined = node.properties.get(name)
      if (!child) return undefined
      node = child
    } else if (node.kind === 'leaf') {
      const multi: LeafMapping | undefined = node.multiFields.get(name)
      if (!multi) return undefined
      node = multi
    } else return undefined
  }
  return node
}
