import { createRequire } from 'node:module'
import { Session } from 'chdb'
import type { ByteRange, ColumnHead } from './messages.ts'

/** The parts of the native package that its own types leave out. Checked by the tests: it is pinned to one version. */
interface ArrowBinding {
  _arrowRegisterColumns(connection: unknown, name: string, columns: readonly ArrowColumn[]): void
  _arrowUnregister(connection: unknown, name: string): void
}

interface ArrowColumn {
  readonly name: string
  readonly format: string
  readonly length: number
  readonly nullCount: number
  readonly buffers: readonly (Buffer | null)[]
}

const arrow = createRequire(import.meta.url)('chdb') as ArrowBinding

/** What the engine refused: `code` is its own number, 0 where it gave none. */
export class NativeError extends Error {
  readonly code: number

  constructor(text: string) {
    const code = /Code: (\d+)\./.exec(text)
    super(text.replace(/^Query failed: /, ''))
    this.code = code ? Number(code[1]) : 0
  }
}

/**
 * A connection keeps what its last statement held until the next one. After an error that is tables: another lane would
 * wait for them, dropping one, without end and at full speed. And it is what the statement had printed before it failed or
 * was killed: that would come out in front of the next answer, whoever asked for it.
 */
const LET_GO = 'SELECT 1'

/** One connection to the engine. Its statements run one after the other, outside the event loop. */
export class Lane {
  readonly #session: Session
  #last: Promise<unknown> = Promise.resolve()

  constructor(path: string, serverArguments: readonly string[]) {
    this.#session = new Session(path, { connectionArgs: [...serverArguments] })
  }

  run(statement: string, format: string): Promise<Uint8Array> {
    const run = async (): Promise<Uint8Array> => {
      try {
        return (await this.#session.queryAsync(statement, { format })).bytes()
      } catch (error) {
        await this.#session.queryAsync(LET_GO, { format: 'Null' })
        throw new NativeError(error instanceof Error ? error.message : String(error))
      }
    }
    const result = this.#last.then(run, run)
    this.#last = result.catch(() => undefined)
    return result
  }

  async insert(statement: string, source: string, columns: readonly ColumnHead[], payload: Buffer): Promise<void> {
    const connection = this.#session.connection
    // oxlint-disable-next-line no-underscore-dangle
    arrow._arrowRegisterColumns(
      connection,
      source,
      columns.map(({ name, format, rows, nulls, buffers }) => ({
        name,
        format,
        length: rows,
        nullCount: nulls,
        buffers: buffers.map((range) => (range === null ? null : slice(payload, range))),
      })),
    )
    try {
      await this.run(statement, 'Null')
    } finally {
      // oxlint-disable-next-line no-underscore-dangle
      arrow._arrowUnregister(connection, source)
    }
  }
}

const slice = (payload: Buffer, { at, length }: ByteRange): Buffer => payload.subarray(at, at + length)
