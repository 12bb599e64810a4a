import type { EpochMillis } from '../../../src/core/time.ts'
import type { ValueFormat } from '../../../src/ui-api/wire/saved-object.ts'

/**
 * What every panel is given: columns of equal length. Panels know nothing of searches, searches nothing of drawing, so that
 * either can be replaced.
 */
export interface Frame {
  readonly columns: readonly FrameColumn[]
  /** Rows. */
  readonly length: number
}

export type FrameColumn =
  /** Epoch milliseconds. */
  | { readonly kind: 'time'; readonly name: string; readonly values: readonly (number | null)[] }
  | {
      readonly kind: 'number'
      readonly name: string
      readonly values: readonly (number | null)[]
      readonly format: ValueFormat | undefined
      /** The field that was measured, if it is one. */
      readonly field?: string
    }
  | { readonly kind: 'text'; readonly name: string; readonly values: readonly (string | null)[]; readonly field?: string }

export interface PanelData {
  /** The first is what the panel is about; what further ones are, its type says. */
  readonly frames: readonly Frame[]
  /** The zone that times are meant to be shown in. */
  readonly zone: string
  /** Something is missing in the answer: shown, never hidden. */
  readonly partial: boolean
  /** Rows or series that matched but did not fit. */
  readonly cut: number
  /** When everything was asked for last; later only the newest stretch may have been added. */
  readonly wholeAt: EpochMillis
  /** Panels over time: how far apart the rows are. */
  readonly stepMs?: number
}

const NO_ROWS: Frame = { columns: [], length: 0 }

export function mainFrame({ frames }: PanelData): Frame {
  return frames[0] ?? NO_ROWS
}

export function timeColumn(frame: Frame): Extract<FrameColumn, { kind: 'time' }> | undefined {
  return frame.columns.find((column) => column.kind === 'time')
}

export function numberColumns(frame: Frame): readonly Extract<FrameColumn, { kind: 'number' }>[] {
  return frame.columns.filter((column) => column.kind === 'number')
}
