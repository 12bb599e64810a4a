import { ElkhornError } from '../core/errors.ts'
import { isJsonObject } from '../core/json.ts'
import type { TailPositions } from './ports.ts'

/** Where a tail stands. */
export interface TailCursor {
  /** When it began: indices made later are read from their start. Epoch milliseconds. */
  readonly since: number
  readonly positions: TailPositions
}

/** A cursor as text without line breaks. Pages hand it back unread. */
export function encodeCursor({ since, positions }: TailCursor): string {
  return Buffer.from(JSON.stringify({ since, positions: Object.fromEntries(positions) })).toString('base64url')
}

/** @throws ElkhornError `illegal_argument_exception` when the text is no cursor of ours */
export function parseCursor(text: string): TailCursor {
  const value = parseJson(Buffer.from(text, 'base64url').toString('utf8'))
  if (isJsonObject(value) && Number.isSafeInteger(value['since']) && isJsonObject(value['positions'])) {
    const positions = Object.entries(value['positions'])
    const valid = positions.every((entry): entry is [string, number] => Number.isSafeInteger(entry[1]))
    if (valid) return { since: Number(value['since']), positions: new Map(positions) }
  }
  throw new ElkhornError('illegal_argument_exception', 400, '[cursor] is not one that a live tail gave out')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
