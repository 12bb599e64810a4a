import { TEXTS } from './field-kinds.ts'
import { matchesWildcard } from '../core/wildcard.ts'
import type { Field, FieldLookup, FieldParameters, FieldType } from './field.ts'

/** A field of a list: its type alone, or with parameters. */
export type FieldSpec = FieldType | (Partial<FieldParameters> & { readonly type: FieldType })

/** A fixed list of fields by path, for what has no mapping: tests, tools, the pages. Ordinals follow the list. */
export function fieldList(
  specs: Readonly<Record<string, FieldSpec>>,
  aliases: Readonly<Record<string, string>> = {},
): FieldLookup {
  const fields = Object.entries(specs).map(([path, spec], ordinal): Field => {
    const { type, ...given } = typeof spec === 'string' ? { type: spec } : spec
    const isText = TEXTS.includes(type)
    return { path, type, ordinal, parameters: { indexed: true, docValues: !isText, ...given } }
  })
  const byPath = new Map(fields.map((field) => [field.path, field]))
  return {
    find: (path) => byPath.get(aliases[path] ?? path),
    match: (pattern) => fields.filter((field) => matchesWildcard(pattern, field.path)),
    all: () => fields,
  }
}
