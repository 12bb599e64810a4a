import { addTag, type Event, type FieldValue } from '../core/event.ts'
import { fieldPath } from '../core/field-path.ts'
import { compileTemplate } from '../script/sprintf.ts'
import type { FilterNode } from './graph.ts'

/** Applies the common options of a filter to an event that it matched. `undefined` where none is set. */
export function compileDecoration(common: FilterNode['common']): ((event: Event) => void) | undefined {
  const added = Object.entries(common.add_field).flatMap(([name, values]) =>
    values.map((value) => ({ name: compileTemplate(name), value: compileTemplate(value) })),
  )
  const removed = common.remove_field.map(compileTemplate)
  const tags = common.add_tag.map(compileTemplate)
  const removedTags = common.remove_tag.map(compileTemplate)
  if (added.length + removed.length + tags.length + removedTags.length === 0) return undefined
  return (event) => {
    for (const { name, value } of added) addToField(event, name.print(event), value.print(event))
    for (const name of removed) fieldPath(name.print(event)).remove(event)
    for (const tag of tags) addTag(event, tag.print(event))
    for (const tag of removedTags) removeTag(event, tag.print(event))
  }
}

/** Sets a field, or appends to what it holds. */
export function addToField(event: Event, name: string, value: FieldValue): void {
  const path = fieldPath(name)
  const before = path.get(event)
  if (before === undefined) path.set(event, value)
  else path.set(event, [...(Array.isArray(before) ? before : [before]), value])
}

function removeTag(event: Event, tag: string): void {
  const { tags } = event.fields
  if (Array.isArray(tags)) event.fields['tags'] = tags.filter((one) => one !== tag)
  else if (tags === tag) delete event.fields['tags']
}
