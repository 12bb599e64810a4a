import type { JsonObject } from '../../core/json.ts'
import { MappedValues } from '../../engine/engine.ts'
import { docValueOrder, type DocumentValues } from '../../query/computed/computation.ts'
import { type DocumentMetadata, isMetadata, metadataValues } from '../../query/computed/metadata-values.ts'
import type { Field, FieldValue } from '../../query/field.ts'
import type { IndexState } from '../index-state.ts'
import { tokenCount } from './token-count.ts'
import { readDocument } from '../mapping/document-mapper.ts'

/** The values of a document as scripts see them: read from its source as when it was stored. One that is not stored has no metadata. */
export function documentValues(index: IndexState, document: JsonObject, metadata?: DocumentMetadata): DocumentValues {
  let byPath: Map<string, FieldValue[]> | undefined
  const valuesOf = (field: Field): readonly FieldValue[] => {
    if (isMetadata(field)) return metadata ? metadataValues(field, metadata) : []
    byPath ??= mappedValues(index, document)
    return docValueOrder(byPath.get(field.path) ?? [])
  }
  const view: DocumentValues = {
    values: (field) => (field.computation ? docValueOrder(field.computation.open()(view)) : valuesOf(field)),
    score: 0,
    source: () => document,
  }
  return view
}

function mappedValues(index: IndexState, document: JsonObject): Map<string, FieldValue[]> {
  const out = new MappedValues()
  readDocument(index.mapping, document, undefined, out, index.limits)
  const byPath = new Map<string, FieldValue[]>()
  for (let i = 0; i < out.length; i++) {
    const [field, value] = [out.fields[i], out.values[i]]
    if (!field || value === undefined) continue
    const held = field.type === 'token_count' ? tokenCount(value, field, index) : value
    const list = byPath.get(field.path)
    if (list) list.push(held)
    else byPath.set(field.path, [held])
  }
  return byPath
}
