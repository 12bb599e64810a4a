import { illegalArgument } from '../../core/errors.ts'

/** `AUTO`, `AUTO:3,6`, or a number of edits (0 to 2). */
export interface Fuzziness {
  /** Terms shorter than `low` take no edit, shorter than `high` one, others two. */
  edits(term: string): 0 | 1 | 2
}

export const autoFuzziness: Fuzziness = autoFrom(3, 6)

/** @throws ElkhornError `illegal_argument_exception` (400) */
export function parseFuzziness(text: string): Fuzziness {
  const upper = text.toUpperCase()
  if (upper === 'AUTO') return autoFuzziness
  const bounds = /^AUTO:(-?\d+),(-?\d+)$/.exec(upper)
  if (bounds) {
    const [low, high] = [Number(bounds[1]), Number(bounds[2])]
    if (low < 0 || high < 0 || low > high)
      throw illegalArgument(`fuzziness wrongly configured [${text}]. Must be 0 < lower value <= higher value.`)
    return autoFrom(low, high)
  }
  const edits = Number(text)
  if (text.trim() === '' || Number.isNaN(edits)) throw illegalArgument(`failed to parse [fuzziness] from [${text}]`)
  if (edits !== 0 && edits !== 1 && edits !== 2) throw illegalArgument(`Valid edit distances are [0, 1, 2] but was [${edits}]`)
  return { edits: () => edits }
}

function autoFrom(low: number, high: number): Fuzziness {
  return {
    edits(term) {
      const length = [...term].length
      return length < low ? 0 : length < high ? 1 : 2
    },
  }
}
