import { illegalArgument } from '../../core/errors.ts'
import { childPath, type Mapping, type MappingNode } from './mapping.ts'

/** How large a mapping may grow, and what documents may do to it: `index.mapping.*` settings. */
export interface MappingLimits {
  readonly totalFields: number
  readonly depth: number
  readonly fieldNameLength: number
  /** Mappings of type `nested`. */
  readonly nestedFields: number
  /** Nested objects of one document, of all paths together. */
  readonly nestedObjects: number
  /** Whether values that do not fit are left out of fields that do not say it themselves (`index.mapping.ignore_malformed`). */
  readonly ignoreMalformed: boolean
}

export const defaultLimits: MappingLimits = {
  totalFields: 1000,
  depth: 20,
  fieldNameLength: Number.MAX_SAFE_INTEGER,
  nestedFields: 50,
  nestedObjects: 10_000,
  ignoreMalformed: false,
}

/** Everything that has a name counts: objects, fields, multi-fields, aliases and runtime fields. */
export function countFields(mapping: Mapping): number {
  let count = Object.keys(mapping.options.runtime ?? {}).length
  const walk = (nodes: ReadonlyMap<string, MappingNode>): void => {
    for (const node of nodes.values()) {
      count += 1
      if (node.kind === 'object') walk(node.properties)
      else if (node.kind === 'leaf') count += node.multiFields.size
    }
  }
  walk(mapping.root.properties)
  return count
}

/**
 * `added`: how many fields this change brings; it may not cross a limit, but a mapping that is over already (because the
 * limit was lowered) stays usable.
 * @throws ElkhornError `illegal_argument_exception`
 */
export function checkLimits(mapping: Mapping, limits: MappingLimits, added: number): void {
  if (added > 0 && countFields(mapping) > limits.totalFields) {
    throw illegalArgument(`Limit of total fields [${limits.totalFields}] has been exceeded while adding new fields [${added}]`)
  }
  let nested = 0
  const walk = (nodes: ReadonlyMap<string, MappingNode>, path: string, depth: number): void => {
    for (const [name, node] of nodes) {
      if (name.length > limits.fieldNameLength) {
        throw illegalArgument(`Field name [${name}] is longer than the limit of [${limits.fieldNameLength}] characters`)
      }
      if (node.kind !== 'object') continue
      const full = childPath(path, name)
      if (node.nested) nested += 1
      if (depth > limits.depth) {
        throw illegalArgument(`Limit of mapping depth [${limits.depth}] has been exceeded due to object field [${full}]`)
      }
      walk(node.properties, full, depth + 1)
    }
  }
  // The root is level one.
  walk(mapping.root.properties, '', 2)
  if (added > 0 && nested > limits.nestedFields)
    throw illegalArgument(`Limit of nested fields [${limits.nestedFields}] has been exceeded`)
}
