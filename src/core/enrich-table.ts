import type { Fields, FieldValue } from './event.ts'

/** How a shape that was gathered lies to that of the document. */
export type ShapeRelationName = 'intersects' | 'disjoint' | 'within' | 'contains'

/** What an enrich policy has gathered, ready to look up. */
export interface EnrichTable {
  readonly type: 'match' | 'range' | 'geo_match'
  /** How many documents were gathered. */
  readonly size: number
  /** Fields of documents that fit a value of the match field, at most so many. They are shared: who changes them copies. */
  find(value: FieldValue, max: number, relation?: ShapeRelationName): readonly Fields[]
}
