import { ElkhornError } from '../../core/errors.ts'

/** Java's exceptions: what lies around them is the root cause that a client is shown. */
const JAVA_EXCEPTIONS: ReadonlySet<string> = new Set([
  'illegal_argument_exception',
  'illegal_state_exception',
  'number_format_exception',
  'null_pointer_exception',
  'class_cast_exception',
  'unsupported_operation_exception',
  'arithmetic_exception',
  'array_index_out_of_bounds_exception',
  'date_time_parse_exception',
  'json_parse_exception',
  'json_e_o_f_exception',
  'x_content_parse_exception',
  'named_object_not_found_exception',
  'parse_exception_java',
  'too_complex_to_determinize_exception',
  'input_coercion_exception',
  'i_o_exception',
  'pattern_syntax_exception',
])

/** An error object: `type`, `reason`, further members, `caused_by`. */
export function errorObject(error: ElkhornError): Record<string, unknown> {
  return {
    type: error.type,
    reason: error.reason,
    ...error.details,
    ...(error.causedBy ? { caused_by: errorObject(error.causedBy) } : {}),
  }
}

/** The answer to a request that failed: `{ error, status }`. */
export function errorBody(error: ElkhornError, options: { readonly trace: boolean }): Record<string, unknown> {
  const root = rootCause(error)
  const { details, ...own } = { details: root.details, type: root.type, reason: root.reason }
  const trace = options.trace ? { stack_trace: error.stack ?? '' } : {}
  return { error: { root_cause: [{ ...own, ...details, ...trace }], ...errorObject(error), ...trace }, status: error.status }
}

function rootCause(error: ElkhornError): ElkhornError {
  let root = error
  // Of a search the root cause is what an index said.
  if (root.type === 'search_phase_execution_exception' && root.causedBy) root = root.causedBy
  // What a script threw is no cause by itself.
  while (root.causedBy && root.type !== 'script_exception' && (isRootCause(root.causedBy) || isWithinContent(root)))
    root = root.causedBy
  return root
}

const isRootCause = ({ type }: ElkhornError): boolean => !JAVA_EXCEPTIONS.has(type)

/** Of what is wrong within fields within fields the innermost field is shown. */
const isWithinContent = ({ type, causedBy }: ElkhornError): boolean =>
  type === 'x_content_parse_exception' && causedBy?.type === 'x_content_parse_exception'

/** Whatever was thrown, as something that can be answered. Our own faults say little: the log has the rest. */
export function toElkhornError(error: unknown): ElkhornError {
  if (error instanceof ElkhornError) return error
  return new ElkhornError('exception', 500, 'the request failed because of a fault in Elkhorn; its log says more')
}
