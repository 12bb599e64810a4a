/**
 * What the main process and the engine's process say to each other. Each message is a head (JSON) and a payload (bytes).
 * The child is simple on purpose: it runs what it is told on the lane it is told, and decides nothing.
 */
export type Request = RunRequest | InsertRequest

/** Runs one statement. The answer's payload is what the engine printed. */
export interface RunRequest {
  readonly kind: 'run'
  readonly id: number
  readonly lane: number
  readonly statement: string
  readonly format: string
  /** Whether it changes something on disk. */
  readonly writes: boolean
}

/** Makes the payload's columns readable as `arrowstream('<source>')`, runs the statement, and forgets them. */
export interface InsertRequest {
  readonly kind: 'insert'
  readonly id: number
  readonly lane: number
  readonly statement: string
  readonly source: string
  readonly columns: readonly ColumnHead[]
}

/** A column in Arrow's C data layout. Buffers are ranges of the payload. */
export interface ColumnHead {
  readonly name: string
  /** Arrow's format string. The engine reads c C s S i I l L f g (numbers), u U z (strings, bytes) and w:n (fixed bytes). */
  readonly format: string
  readonly rows: number
  readonly nulls: number
  /** Validity bitmap (absent without nulls), then the format's own buffers. */
  readonly buffers: readonly (ByteRange | null)[]
}

export interface ByteRange {
  readonly at: number
  readonly length: number
}

export type Answer =
  | { readonly kind: 'ready' }
  /** The engine did not open; the child ends. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'done'; readonly id: number }
  | { readonly kind: 'failed'; readonly id: number; readonly code: number; readonly message: string }

/** How the child is to open the engine: its only argument, as JSON. */
export interface ChildOptions {
  /** Folder of the engine's own files. */
  readonly path: string
  /** How many lanes requests may name. */
  readonly lanes: number
  /** Statements that every connection is told first, the child's own as well. */
  readonly settings: readonly string[]
  /** Server settings, `--name=value`. */
  readonly arguments: readonly string[]
}

/** File descriptor of the socket between the two processes, in the child. */
export const SOCKET_FD = 3
