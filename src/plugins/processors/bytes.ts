import { ElkhornError } from '../../core/errors.ts'
import { textProcessor } from './string-processor.ts'

const UNITS: Readonly<Record<string, number>> = { b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40, p: 2 ** 50 }

export const bytes = textProcessor('bytes', 'Turns a size (`1kb`, `5gb`) into its number of bytes.', (text) => {
  const match = /^\s*([\d.]+)\s*(?:([kmgtp])b?|b)\s*$/i.exec(text)
  const size = Number(match?.[1])
  if (!match || !Number.isFinite(size)) {
    if (/^\s*0\s*$/.test(text)) return 0
    if (/^\s*-1\s*$/.test(text)) return -1
    throw refused(
      `failed to parse setting [Ingest Field] with value [${text}] as a size in bytes: unit is missing or unrecognized`,
    )
  }
  if (!Number.isInteger(size)) {
    throw refused(
      `Failed to parse bytes value [${text}]. Fractional bytes values have been deprecated since Legacy 6.2. Use non-fractional bytes values instead: found for setting [Ingest Field]`,
    )
  }
  return Math.floor(size * (UNITS[(match[2] ?? 'b').toLowerCase()] ?? 1))
})

const refused = (reason: string): ElkhornError => new ElkhornError('parse_exception', 400, reason)
