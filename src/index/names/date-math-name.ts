import { dateFormat } from '../../core/dates/date-format.ts'
import { parseDateMath } from '../../core/dates/date-math.ts'
import { timeZone } from '../../core/dates/time-zone.ts'
import { ElkhornError } from '../../core/errors.ts'
import type { EpochMillis } from '../../core/time.ts'

const DEFAULT_FORMAT = 'uuuu.MM.dd'

/**
 * Replaces the date expressions of a name in angle brackets: `<logs-{now/d}>` → `logs-2026.11.21`,
 * `<logs-{now-1d/d{yyyy.MM|+02:00}}>`. A backslash takes the next character literally. Other names are left alone.
 * @throws ElkhornError `parse_exception` (400) naming the expression
 */
export function resolveDateMathName(name: string, now: EpochMillis): string {
  if (name.length < 3 || !name.startsWith('<') || !name.endsWith('>')) return name
  const body = name.slice(1, -1)
  const fail = (why: string): never => {
    throw new ElkhornError('parse_exception', 400, `invalid dynamic name expression [${body}]. ${why}`)
  }
  let result = ''
  for (let at = 0; at < body.length; at++) {
    const char = body[at] ?? ''
    if (char === '\\') {
      at += 1
      result += body[at] ?? ''
    } else if (char === '{') {
      const end = endOfPlaceholder(body, at)
      if (end < 0) fail('date math placeholder is open ended')
      const inner = body.slice(at + 1, end)
      if (inner === '') fail('missing date format')
      result += printExpression(inner, now, fail)
      at = end
    } else if (char === '}') {
      fail(
        'invalid character at position ['.concat(
          String(at),
          ']. `{` and `}` are reserved characters and should be escaped when used as part of the index name using `\\` (e.g. `\\{text\\}`)',
        ),
      )
    } else result += char
  }
  if (result === '') fail('nothing captured')
  return result
}

function endOfPlaceholder(body: string, start: number): number {
  let depth = 0
  for (let at = start; at < body.length; at++) {
    if (body[at] === '\\') at += 1
    else if (body[at] === '{') depth += 1
    else if (body[at] === '}') {
      depth -= 1
      if (depth === 0) return at
    }
  }
  return -1
}

function printExpression(inner: string, now: EpochMillis, fail: (why: string) => never): string {
  const brace = inner.indexOf('{')
  const math = brace < 0 ? inner : inner.slice(0, brace)
  let pattern = DEFAULT_FORMAT
  let zone = timeZone('UTC')
  if (brace >= 0) {
    if (!inner.endsWith('}')) fail('missing closing `}` for date math format')
    const [format = '', zoneId] = inner.slice(brace + 1, -1).split('|')
    if (format === '') fail('missing date format')
    pattern = format
    if (zoneId !== undefined) {
      if (zoneId === '') fail('missing timezone')
      zone = timeZone(zoneId)
    }
  }
  const instant = parseDateMath(math, { format: dateFormat('strict_date_optional_time||epoch_millis'), now, zone })
  return dateFormat(pattern).print(instant, zone)
}
