import { ElkhornError } from '../../core/errors.ts'
import { errorType, type JavaError } from './java-error.ts'
import type { CompileError } from './syntax/compile-error.ts'

/** Characters shown on each side of what does not compile. */
const COMPILE_WINDOW = 25

/** What clients get for a script that does not compile. */
export function compileFailure(error: CompileError, source: string, lang = 'painless'): ElkhornError {
  const offset = Math.min(error.offset, source.length)
  const start = Math.max(0, offset - COMPILE_WINDOW)
  const end = Math.min(source.length, offset + COMPILE_WINDOW)
  const before = start > 0 ? '... ' : ''
  const below =
    error.below === undefined ? {} : { causedBy: new ElkhornError(error.below, 400, '', { details: { reason: null } }) }
  return new ElkhornError('script_exception', 400, 'compile error', {
    details: {
      script_stack: [
        `${before}${source.slice(start, end)}${end < source.length ? ' ...' : ''}`,
        `${' '.repeat(before.length + offset - start)}^---- HERE`,
      ],
      script: shownScript(source),
      lang,
      position: { offset, start, end },
    },
    causedBy: new ElkhornError(error.type, 400, error.message, below),
  })
}

/** What clients get for a script that failed: each function that the error passed is shown, the innermost first. */
export function runtimeFailure(error: JavaError, source: string, statements: readonly number[]): ElkhornError {
  const stack: string[] = []
  let position: { offset: number; start: number; end: number } | undefined
  for (const offset of error.offsets) {
    const start = statements.findLast((at) => at <= offset) ?? 0
    const end = statements.find((at) => at > start) ?? source.length
    stack.push(source.slice(start, end), `${' '.repeat(Math.max(0, offset - start))}^---- HERE`)
    position ??= { offset, start, end }
  }
  return new ElkhornError('script_exception', 400, 'runtime error', {
    details: {
      ...error.details,
      script_stack: stack,
      script: shownScript(source),
      lang: 'painless',
      ...(position ? { position } : {}),
    },
    causedBy: new ElkhornError(
      errorType(error.className),
      400,
      error.text ?? '',
      error.text === null ? { details: { reason: null } } : {},
    ),
  })
}

/** The first line of a script stands for all of it. */
function shownScript(source: string): string {
  const at = source.indexOf('\n')
  return at < 0 ? source : `${source.slice(0, at)} ...`
}
