import type { Field } from '../../../../query/field.ts'
import type { ScopePath } from '../../../../query/nested-objects.ts'
import type { TableLayout } from '../../layout.ts'
import { inDocuments } from '../query/nested.ts'
import { type ComputedContext, type ComputedLayout, computeColumns } from './computed-columns.ts'

/**
 * Gives computed fields columns where their values belong: those of documents in the table of documents, those of nested
 * objects in the tables of these, for the objects of the documents that scripts are run over.
 * @throws ElkhornError as `computeColumns`
 */
export async function computeInScopes(named: Iterable<Field>, context: ComputedContext): Promise<ComputedLayout> {
  const byScope = new Map<ScopePath, Field[]>()
  for (const field of named) {
    const scope = field.computation?.scope ?? ''
    byScope.set(scope, [...(byScope.get(scope) ?? []), field])
  }
  const made: ComputedLayout[] = []
  const drop = async (): Promise<void> => void (await Promise.all(made.map((one) => one.drop())))
  const objects = new Map<ScopePath, TableLayout>()
  try {
    for (const [scope, fields] of byScope) {
      const layout = scope === '' ? undefined : context.layout.objects?.(scope)
      if (layout === undefined) continue
      const inside = await computeColumns(fields, { ...context, layout, matches: inDocuments(context.matches, context.layout) })
      made.push(inside)
      objects.set(scope, inside.layout)
    }
    const documents = await computeColumns(byScope.get('') ?? [], {
      ...context,
      layout: { ...context.layout, objects: (path) => objects.get(path) ?? context.layout.objects?.(path) },
    })
    made.push(documents)
    return { ...documents, drop }
  } catch (error) {
    await drop()
    throw error
  }
}
