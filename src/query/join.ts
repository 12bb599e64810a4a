import type { Field, FieldLookup } from './field.ts'

/** The hidden field in which the children of a relation keep the ids of their parents. */
export function parentIdPath(join: string, parent: string): string {
  return `${join}#${parent}`
}

/** What a join field says of a relation between documents. */
export interface Relation {
  readonly join: Field
  readonly parent: string
  /** All kinds of children that the parent may have. */
  readonly children: readonly string[]
}

/** The one join field that an index may have. */
export function joinField(fields: FieldLookup): Field | undefined {
  return fields.all().find(({ type }) => type === 'join')
}

export function relationOfChild(join: Field, child: string): Relation | undefined {
  const found = Object.entries(join.parameters.relations ?? {}).find(([, children]) => children.includes(child))
  return found && { join, parent: found[0], children: found[1] }
}

export function relationOfParent(join: Field, parent: string): Relation | undefined {
  const children = join.parameters.relations?.[parent]
  return children && { join, parent, children }
}
