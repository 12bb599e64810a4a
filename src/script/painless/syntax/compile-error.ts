/** What is wrong with the text of a script, and at which offset. Becomes `caused_by` of a compile error. */
export class CompileError extends Error {
  /** `illegal_argument_exception`, `class_cast_exception`, … */
  readonly type: string
  readonly offset: number
  /** What lies below, as Elasticsearch's parser generator tells it. */
  readonly below: string | undefined

  constructor(message: string, offset: number, type = 'illegal_argument_exception', below?: string) {
    super(message)
    this.name = 'CompileError'
    this.type = type
    this.offset = offset
    this.below = below
  }
}
