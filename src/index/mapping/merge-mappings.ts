import { illegalArgument } from '../../core/errors.ts'
import { printJson } from '../../core/print-json.ts'
import { findParameter } from './field-types.ts'
import {
  childPath,
  type DynamicTemplate,
  type LeafMapping,
  type Mapping,
  type MappingNode,
  type MappingOptions,
  type ObjectMapping,
} from './mapping.ts'
import { mapperParsing, printValue } from './parameters.ts'
import { sameJson } from './parse-mapping.ts'

/**
 * `update`: a change of a live index, which may add but hardly change. `template`: templates laid over each other, where
 * the later one's fields replace the earlier one's.
 */
export type MergeReason = 'update' | 'template'

/** @throws ElkhornError `illegal_argument_exception` naming every parameter that may not change */
export function mergeMappings(current: Mapping, incoming: Mapping, reason: MergeReason): Mapping {
  const root = mergeObjects(current.root, incoming.root, '', reason)
  return { options: mergeOptions(current.options, incoming.options, reason), root }
}

function mergeOptions(current: MappingOptions, incoming: MappingOptions, reason: MergeReason): MappingOptions {
  if (reason === 'update' && incoming.source && current.source && !sameSource(current.source, incoming.source)) {
    throw illegalArgument(
      `Mapper for [_source] conflicts with existing mapper:\n\tCannot update parameter [enabled] from [${current.source.enabled ?? true}] to [${incoming.source.enabled ?? true}]`,
    )
  }
  const templates = mergeTemplates(current.dynamicTemplates, incoming.dynamicTemplates, reason)
  const meta =
    reason === 'template' && current.meta && incoming.meta
      ? { ...current.meta, ...incoming.meta }
      : (incoming.meta ?? current.meta)
  const runtime = incoming.runtime
    ? Object.fromEntries(Object.entries({ ...current.runtime, ...incoming.runtime }).filter(([, value]) => value !== null))
    : current.runtime
  return {
    ...current,
    ...incoming,
    ...(templates ? { dynamicTemplates: templates } : {}),
    ...(meta ? { meta } : {}),
    ...(runtime ? { runtime } : {}),
    ...(current.metadata || incoming.metadata ? { metadata: { ...current.metadata, ...incoming.metadata } } : {}),
  }
}

function sameSource(a: MappingOptions['source'], b: MappingOptions['source']): boolean {
  return printJson(a) === printJson(b)
}

function mergeTemplates(
  current: readonly DynamicTemplate[] | undefined,
  incoming: readonly DynamicTemplate[] | undefined,
  reason: MergeReason,
): readonly DynamicTemplate[] | undefined {
  if (!incoming || !current || reason === 'update') return incoming ?? current
  const byName = new Map(current.map((template) => [template.name, template]))
  for (const template of incoming) byName.set(template.name, template)
  return [...byName.values()]
}

function mergeObjects(current: ObjectMapping, incoming: ObjectMapping, path: string, reason: MergeReason): ObjectMapping {
  if (current.enabled !== incoming.enabled && reason === 'update') {
    throw mapperParsing(`the [enabled] parameter can't be updated for the object mapping [${path || '_doc'}]`)
  }
  if (current.subobjects !== undefined && incoming.subobjects !== undefined && current.subobjects !== incoming.subobjects) {
    throw mapperParsing(`the [subobjects] parameter can't be updated for the object mapping [${path || '_doc'}]`)
  }
  if ((current.nested === undefined) !== (incoming.nested === undefined)) {
    if (current.nested === undefined) throw illegalArgument(`cannot change object mapping from non-nested to nested [${path}]`)
    throw illegalArgument(`cannot change object mapping from nested to non-nested [${path}]`)
  }
  let properties: Map<string, MappingNode> | undefined
  for (const [name, node] of incoming.properties) {
    const existing = current.properties.get(name)
    const merged = existing ? mergeNodes(existing, node, childPath(path, name), reason) : node
    if (merged === existing) continue
    properties ??= new Map(current.properties)
    properties.set(name, merged)
  }
  const dynamic = incoming.dynamic ?? current.dynamic
  const subobjects = incoming.subobjects ?? current.subobjects
  if (
    !properties &&
    dynamic === current.dynamic &&
    incoming.enabled === current.enabled &&
    subobjects === current.subobjects &&
    sameNested(current, incoming) &&
    printJson(incoming.passthrough ?? current.passthrough) === printJson(current.passthrough)
  )
    return current
  return {
    kind: 'object',
    ...(dynamic === undefined ? {} : { dynamic }),
    enabled: incoming.enabled,
    ...(subobjects === undefined ? {} : { subobjects }),
    ...(incoming.nested ? { nested: incoming.nested } : {}),
    ...((incoming.passthrough ?? current.passthrough) ? { passthrough: incoming.passthrough ?? current.passthrough } : {}),
    properties: properties ?? current.properties,
  }
}

function sameNested({ nested: a }: ObjectMapping, { nested: b }: ObjectMapping): boolean {
  return a?.includeInParent === b?.includeInParent && a?.includeInRoot === b?.includeInRoot
}

function mergeNodes(current: MappingNode, incoming: MappingNode, path: string, reason: MergeReason): MappingNode {
  if (current.kind === 'object' || incoming.kind === 'object') {
    if (current.kind === 'object' && incoming.kind === 'object') return mergeObjects(current, incoming, path, reason)
    if (reason === 'template') return incoming
    throw current.kind === 'object'
      ? illegalArgument(`can't merge a non object mapping [${path}] with an object mapping`)
      : illegalArgument(`can't merge an object mapping [${path}] with a non object mapping`)
  }
  if (reason === 'template') return incoming
  if (current.kind === 'alias' || incoming.kind === 'alias') {
    if (current.kind === 'alias' && incoming.kind === 'alias') {
      return current.target === incoming.target ? current : incoming
    }
    const [from, to] = [current, incoming].map((node) => (node.kind === 'alias' ? 'alias' : node.type))
    throw illegalArgument(
      current.kind === 'alias'
        ? `Cannot merge a field alias mapping [${path}] with a mapping that is not for a field alias.`
        : `mapper [${path}] cannot be changed from type [${from}] to [${to}]`,
    )
  }
  return mergeLeaves(current, incoming, path)
}

function mergeLeaves(current: LeafMapping, incoming: LeafMapping, path: string): LeafMapping {
  if (current.type !== incoming.type) {
    throw illegalArgument(`mapper [${path}] cannot be changed from type [${current.type}] to [${incoming.type}]`)
  }
  const conflicts: string[] = []
  const names = new Set([...Object.keys(current.parameters), ...Object.keys(incoming.parameters)])
  let changed = false
  for (const name of names) {
    const parameter = findParameter(current.type, name)
    const from = current.parameters[name] ?? parameter?.default
    const to = incoming.parameters[name] ?? parameter?.default
    if (sameJson(from, to)) continue
    changed = true
    const updatable = parameter?.updatable ?? false
    if (typeof updatable === 'function' ? !updatable(from, to) : !updatable) {
      conflicts.push(`\tCannot update parameter [${name}] from [${printValue(from)}] to [${printValue(to)}]`)
    }
  }
  if (conflicts.length > 0) throw illegalArgument(`Mapper for [${path}] conflicts with existing mapper:\n${conflicts.join('\n')}`)
  const sameCopies = sameJson([...current.copyTo], [...incoming.copyTo])
  let multiFields: Map<string, LeafMapping> | undefined
  for (const [name, leaf] of incoming.multiFields) {
    const existing = current.multiFields.get(name)
    const merged = existing ? mergeLeaves(existing, leaf, childPath(path, name)) : leaf
    if (merged === existing) continue
    multiFields ??= new Map(current.multiFields)
    multiFields.set(name, merged)
  }
  if (!changed && sameCopies && !multiFields) return current
  return {
    kind: 'leaf',
    type: current.type,
    parameters: incoming.parameters,
    copyTo: incoming.copyTo,
    multiFields: multiFields ?? current.multiFields,
  }
}
