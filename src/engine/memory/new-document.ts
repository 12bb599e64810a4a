import { analyzerFor } from '../../query/analysis/analysis.ts'
import { countTokens } from '../../query/analysis/count-tokens.ts'
import { isText } from '../../query/bind/context.ts'
import type { Field, FieldValue } from '../../query/field.ts'
import type { IndexSchema, MappedValues } from '../engine.ts'
import { VALUE_GAP, type MemoryDocument, type PlacedToken } from './document.ts'

type Head = Pick<MemoryDocument, 'id' | 'seqNo' | 'version' | 'routing' | 'source'>

interface GrowingDocument extends MemoryDocument {
  readonly objects: Map<string, GrowingDocument[]>
}

/** A document and the nested objects in it, each of which sees those within itself. */
export function newDocument(head: Head, out: MappedValues, index: IndexSchema): MemoryDocument {
  const newOne = (values: MappedValues): GrowingDocument => ({
    ...head,
    superseded: undefined,
    ...valuesOf(values, index),
    objects: new Map(),
  })
  const document = newOne(out)
  const paths = new Map(out.objects.map(({ nested }) => [nested.path, nested]))
  for (const { nested, number, around: numbers, values } of out.objects) {
    const around = [document]
    // Objects begin after those that hold them.
    for (let outer = paths.get(nested.parent); outer; outer = paths.get(outer.parent)) {
      const outerNumber = numbers[outer.depth - 1]
      around.splice(1, 0, ...(document.objects.get(outer.path)?.filter(({ object }) => object?.number === outerNumber) ?? []))
    }
    const object = { ...newOne(values), object: { path: nested.path, number, around } }
    for (const { objects } of around) objects.set(nested.path, [...(objects.get(nested.path) ?? []), object])
  }
  return document
}

function valuesOf(out: MappedValues, index: IndexSchema): Pick<MemoryDocument, 'values' | 'nanos' | 'tokens'> {
  const values = new Map<string, FieldValue[]>()
  const nanos = new Set<string>()
  const texts = new Map<string, { readonly field: Field; readonly texts: string[] }>()
  for (let at = 0; at < out.length; at++) {
    const [field, value] = [out.fields[at], out.values[at]]
    if (!field || value === undefined) continue
    if (field.type === 'date_nanos') nanos.add(field.path)
    if (isText(field)) {
      const known = texts.get(field.path)
      if (known) known.texts.push(String(value))
      else texts.set(field.path, { field, texts: [String(value)] })
    } else values.set(field.path, [...(values.get(field.path) ?? []), counted(field, value, index)])
  }
  const tokens = new Map([...texts].map(([path, { field, texts: list }]) => [path, analyze(field, list, index)]))
  return { values, nanos, tokens }
}

/** Of a field that counts tokens, how many the text has. */
function counted({ type, parameters }: Field, value: FieldValue, { analysis }: IndexSchema): FieldValue {
  if (type !== 'token_count' || typeof value !== 'string') return value
  return countTokens(value, analyzerFor(parameters.analyzer ?? 'default', analysis), parameters.countsHoles !== false)
}

function analyze(field: Field, texts: readonly string[], { analysis }: IndexSchema): readonly PlacedToken[] {
  const analyzer = analyzerFor(field.parameters.analyzer ?? 'default', analysis)
  const tokens: PlacedToken[] = []
  let start = 0
  for (const text of texts) {
    let last = -1
    for (const { term, position } of analyzer.analyze(text)) {
      tokens.push({ term, position: start + position })
      last = position
    }
    start += last + 1 + VALUE_GAP
  }
  return tokens
}
