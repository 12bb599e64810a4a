import { ElkhornError } from '../core/errors.ts'
import { isJsonObject } from '../core/json.ts'
import type { TailPositions } from './ports.ts'

/** A cursor is the positions of a tail, as text without line breaks. Pages hand it back unread. */
export function encodeCursor(positions: TailPositions): string {
  return Buffer.from(JSON.stringify(Object.fromEntries(positions))).toString('base64url')
}

/** @throws ElkhornError `illegal_argument_exception` when the text is no cursor of ours */
export function parseCursor(text: string): TailPositions {
  const refuse = (cause?: unknown): never => {
    throw Object.assign(new ElkhornError('illegal_argument_exception', 400, `[cursor] is not one that a live tail gave out`), {
      cause,
    })
  }
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    if (!isJsonObject(value)) return refuse()
    const positions = Object.entries(value)
    if (!positions.every((entry): entry is [string, number] => Number.isSafeInteger(entry[1]))) return refuse()
    return new Map(positions)
  } catch (error) {
    return refuse(error)
  }
}
