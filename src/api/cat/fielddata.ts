import { emptyColumn } from './empty-column.ts'
import type { CatTable, Column } from './table.ts'

function fielddataColumns(): readonly Column<never>[] {
  return [
    emptyColumn('id', [], 'node id'),
    emptyColumn('host', ['h'], 'host name'),
    emptyColumn('ip', [], 'ip address'),
    emptyColumn('node', ['n'], 'node name'),
    emptyColumn('field', ['f'], 'field name'),
    emptyColumn('size', ['s'], 'field data usage'),
  ]
}

/** `_cat/fielddata`: the engine reads its columns and holds no field data. */
export const fielddata: CatTable<never> = { columns: fielddataColumns, rows: () => [] }
