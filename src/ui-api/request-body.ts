import type { z } from 'zod'
import { ElkhornError } from '../core/errors.ts'

/**
 * Checks a request against its schema.
 * @throws ElkhornError `illegal_argument_exception` (400) naming the first member that is wrong
 */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body ?? {})
  if (result.success) return result.data
  const [issue] = result.error.issues
  const place = issue === undefined || issue.path.length === 0 ? 'the body' : `[${issue.path.join('.')}]`
  throw new ElkhornError('illegal_argument_exception', 400, `${place}: ${issue?.message ?? 'is not valid'}`)
}
