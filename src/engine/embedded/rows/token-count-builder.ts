import { countTokens } from '../../../query/analysis/count-tokens.ts'
import type { Analyzer } from '../../../query/analysis/token.ts'
import type { FieldValue } from '../../../query/field.ts'
import type { BufferPool } from './buffer-pool.ts'
import { NumberBuilder } from './number-builder.ts'

/** How many tokens texts have; numbers, which stand in for missing texts, are taken as they are. */
export class TokenCountBuilder extends NumberBuilder {
  readonly #analyzer: Analyzer
  readonly #holes: boolean

  constructor(analyzer: Analyzer, holes: boolean, pool?: BufferPool, expectedRows?: number) {
    super(pool, expectedRows)
    this.#analyzer = analyzer
    this.#holes = holes
  }

  override add(row: number, value: FieldValue): void {
    super.add(row, typeof value === 'string' ? countTokens(value, this.#analyzer, this.#holes) : value)
  }
}
