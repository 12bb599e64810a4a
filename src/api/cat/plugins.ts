import { emptyColumn } from './empty-column.ts'
import type { CatTable, Column } from './table.ts'

const pluginColumns: readonly Column<never>[] = [
  { ...emptyColumn('id', [], 'unique node id'), shown: false },
  emptyColumn('name', ['n'], 'node name'),
  emptyColumn('component', ['c'], 'component'),
  emptyColumn('version', ['v'], 'component version'),
  { ...emptyColumn('description', ['d'], 'plugin details'), shown: false },
]

/** `_cat/plugins`: all is built in. */
export const plugins: CatTable<never> = { columns: () => pluginColumns, rows: () => [] }
