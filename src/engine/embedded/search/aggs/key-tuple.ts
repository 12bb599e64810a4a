import type { FieldValue } from '../../../../query/field.ts'
import { joinSql, type Sql } from '../../sql.ts'
import type { Column } from '../columns.ts'
import type { RawKey } from './bucket-key.ts'

/** A raw key of several parts: a text, as maps of buckets want it, that remembers its parts. */
export class KeyTuples {
  readonly #parts = new Map<string, readonly (RawKey | null)[]>()

  /** Reads the parts one after the other. `mayBeNull` tells which of them may; NULL in another is no key. */
  column(parts: readonly Column<RawKey | null>[], mayBeNull: (part: number) => boolean): Column<RawKey | null> {
    return {
      sql: joinSql(
        parts.map((part): Sql => part.sql),
        ', ',
      ),
      read: (row) => {
        const values = parts.map((part) => part.read(row))
        if (values.some((value, i) => value === null && !mayBeNull(i))) return null
        const raw = values
          .map((value) => (value === null ? '' : `${typeof value} ${String(value).length} ${String(value)}`))
          .join(' ')
        if (!this.#parts.has(raw)) this.#parts.set(raw, values)
        return raw
      },
    }
  }

  partsOf(raw: RawKey): readonly (RawKey | null)[] {
    return this.#parts.get(String(raw)) ?? []
  }

  valuesOf(raw: RawKey, valueOf: (part: RawKey, at: number) => FieldValue): readonly (FieldValue | null)[] {
    return this.partsOf(raw).map((part, i) => (part === null ? null : valueOf(part, i)))
  }
}
