import { emptyColumn } from './empty-column.ts'
import type { CatTable, Column } from './table.ts'

const pendingColumns: readonly Column<never>[] = [
  emptyColumn('insertOrder', ['o'], 'task insertion order'),
  emptyColumn('timeInQueue', ['t'], 'how long task has been in queue'),
  emptyColumn('priority', ['p'], 'task priority'),
  emptyColumn('source', ['s'], 'task source'),
]

/** `_cat/pending_tasks`: nothing waits here. */
export const pendingTasks: CatTable<never> = { columns: () => pendingColumns, rows: () => [] }
