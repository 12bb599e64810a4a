import { illegalArgument } from '../core/errors.ts'
import { boxShape, type Shape } from '../core/geo-shape.ts'
import { geohashCell, tileCell, type GridCell } from './geo-grid.ts'
import { isRelatedShape } from './shape-relation.ts'

const BASE_32 = '0123456789bcdefghjkmnpqrstuvwxyz'

/** Cells of one shape; more are refused. */
const MAX_CELLS = 20_000

export interface CellsOf {
  readonly grid: 'geohash' | 'geotile'
  readonly precision: number
  /** Cells that touch none of these are left out. */
  readonly bounds?: readonly Shape[] | undefined
}

/** The cells of a grid that a shape touches. @throws ElkhornError (400) where they are too many */
export function cellsOfShape(shape: Shape, { grid, precision, bounds }: CellsOf): readonly string[] {
  const cells: string[] = []
  const add = (cell: string): void => {
    if (cells.push(cell) > MAX_CELLS)
      throw illegalArgument(
        `a shape is in more than [${MAX_CELLS}] cells of the ${grid} grid of precision [${precision}]; ask for a lower one`,
      )
  }
  const { isFinest, boxOf, partsOf } = grid === 'geohash' ? geohashes(precision) : tiles(precision)
  const visit = (cell: string, isInside: boolean): void => {
    const box = isInside ? undefined : boxOf(cell)
    const around = box && boxShape(box.topLeft, box.bottomRight)
    if (around && !isRelatedShape(shape, around, 'intersects')) return
    if (around && bounds && !bounds.some((one) => isRelatedShape(one, around, 'intersects'))) return
    if (isFinest(cell)) {
      add(cell)
      return
    }
    const isCovered = isInside || (!bounds && around !== undefined && isRelatedShape(around, shape, 'within'))
    for (const part of partsOf(cell)) visit(part, isCovered)
  }
  for (const cell of grid === 'geohash' ? partsOfHash('') : ['0/0/0']) visit(cell, false)
  return cells
}

interface Grid {
  readonly isFinest: (cell: string) => boolean
  readonly boxOf: (cell: string) => GridCell | undefined
  /** The cells of the next precision in a cell. */
  readonly partsOf: (cell: string) => readonly string[]
}

const partsOfHash = (cell: string): readonly string[] => [...BASE_32].map((letter) => cell + letter)

const geohashes = (precision: number): Grid => ({
  isFinest: (cell) => cell.length === precision,
  boxOf: geohashCell,
  partsOf: partsOfHash,
})

const tiles = (precision: number): Grid => ({
  isFinest: (cell) => cell.startsWith(`${precision}/`),
  boxOf: tileCell,
  partsOf: (cell) => {
    const [zoom = 0, x = 0, y = 0] = cell.split('/').map(Number)
    return [0, 1].flatMap((right) => [0, 1].map((below) => `${zoom + 1}/${2 * x + right}/${2 * y + below}`))
  },
})
