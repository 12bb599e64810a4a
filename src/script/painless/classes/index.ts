import { buildLookup, type ClassLookup, type ClassTable } from '../class-table.ts'
import { cidrClasses } from './cidr.ts'
import { collectionClasses } from './collections.ts'
import { dateClasses } from './dates.ts'
import { functionClasses } from './functions.ts'
import { mapClasses } from './maps.ts'
import { numberClasses } from './numbers.ts'
import { objectClasses } from './objects.ts'
import { streamClasses } from './streams.ts'
import { textClasses } from './text.ts'

const javaClasses: readonly ClassTable[] = [
  ...objectClasses,
  ...functionClasses,
  ...textClasses,
  ...numberClasses,
  ...collectionClasses,
  ...mapClasses,
  ...streamClasses,
  ...dateClasses,
  ...cidrClasses,
]

/** The classes of Java that every script may use, and those of a context. */
export function lookupWith(more: readonly ClassTable[]): ClassLookup {
  return buildLookup([...javaClasses, ...more])
}
