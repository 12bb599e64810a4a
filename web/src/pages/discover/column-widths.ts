import { create } from 'zustand'
import { persist } from 'zustand/middleware'
import { fieldKind } from '../../hooks/use-fields.ts'

interface ColumnWidths {
  /** In pixels, by field. */
  readonly widths: Readonly<Record<string, number>>
}

/** Widths that a person set, on this browser, for a field wherever it stands. */
export const useColumnWidths = create<ColumnWidths>()(
  persist((): ColumnWidths => ({ widths: {} }), { name: 'elkhorn.column-widths', version: 1 }),
)

export const MIN_WIDTH = 60
export const MAX_WIDTH = 1200

export function setColumnWidth(field: string, width: number): void {
  const next = Math.round(Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width)))
  useColumnWidths.setState(({ widths }) => ({ widths: { ...widths, [field]: next } }))
}

/** What a column of a type usually needs. */
export function usualWidth(type: string | undefined): number {
  switch (type === undefined ? undefined : fieldKind(type)) {
    case 'number':
      return 140
    case 'boolean':
      return 90
    case 'date':
      return 190
    case 'text':
      return 420
    default:
      return 170
  }
}
