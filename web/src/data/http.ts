import type { WireError } from '../../../src/ui-api/wire/error.ts'

/** The server said no, or could not be reached (`status` 0). */
export class ApiError extends Error {
  readonly type: string
  readonly status: number

  constructor({ type, status, reason }: WireError) {
    super(reason)
    this.name = 'ApiError'
    this.type = type
    this.status = status
  }
}

/** Called when the server no longer knows who is signed in. */
let onSignedOut: () => void = () => undefined

export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener
}

/** Called after every request: whether the server could be reached. */
let onReached: (reached: boolean) => void = () => undefined

export function whenReached(listener: (reached: boolean) => void): void {
  onReached = listener
}

/** @throws ApiError; an `AbortError` where the signal was aborted */
export async function send(
  method: string,
  path: string,
  options: { body?: unknown; signal?: AbortSignal } = {},
): Promise<Response> {
  const { body, signal } = options
  let response: Response
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      // The header that only a page of this origin can send; see src/ui-api/guard.ts.
      headers: { 'x-elkhorn-request': '1', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    })
  } catch (error) {
    if (signal?.aborted === true) throw error
    onReached(false)
    throw new ApiError({ type: 'unreachable', status: 0, reason: 'Elkhorn cannot be reached' })
  }
  onReached(true)
  if (response.ok) return response
  if (response.status === 401 && !path.startsWith('/_ui/session')) onSignedOut()
  throw new ApiError(await readError(response))
}

/** The JSON answer of a request. What it holds is the server's promise (`src/ui-api/wire`). */
export async function ask<Answer>(
  method: string,
  path: string,
  options: { body?: unknown; signal?: AbortSignal } = {},
): Promise<Answer> {
  const response = await send(method, path, options)
  return (await response.json()) as Answer
}

async function readError(response: Response): Promise<WireError> {
  const fallback: WireError = { type: 'exception', status: response.status, reason: `${response.status} ${response.statusText}` }
  if (!(response.headers.get('content-type') ?? '').startsWith('application/json')) return fallback
  const { error } = (await response.json()) as { error?: WireError }
  return error ?? fallback
}
