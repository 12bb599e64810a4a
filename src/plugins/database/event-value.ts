import type { Event, FieldValue } from '../../core/event.ts'
import { printValue } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { Float } from '../../core/float.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import type { SqlValue } from './statement.ts'

/** What a value of a statement stands for: a field by its name or path, or a text with references to fields. */
export function compileEventValue(written: string): (event: Event) => SqlValue {
  if (written.includes('%{')) {
    const template = compileTemplate(written)
    return (event) => template.print(event)
  }
  const path = fieldPath(written)
  return (event) => toSqlValue(path.get(event) ?? null)
}

/** Lists and objects are text to a database: JSON. */
export function toSqlValue(value: FieldValue): SqlValue {
  if (value instanceof Float) return value.value
  if (typeof value === 'object' && value !== null && !(value instanceof Timestamp)) return printValue(value)
  return value
}
