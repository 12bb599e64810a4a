import { Cron } from 'croner'
import { illegalArgument } from '../errors.ts'
import type { EpochMillis } from '../time.ts'

/**
 * The next time of a Quartz cron expression after a given one, in UTC: six fields, or seven with years, seconds first, `?` for
 * "any day" and days of the week from 1 (Sunday) to 7. `undefined` when there is none any more.
 * @throws ElkhornError `illegal_argument_exception` (400) naming the expression
 */
export function nextQuartzTime(expression: string, after: EpochMillis): EpochMillis | undefined {
  const fields = expression.trim().split(/\s+/)
  if (fields.length !== 6 && fields.length !== 7) throw invalid(expression, 'expected six or seven fields')
  try {
    // Of the day of the month and that of the week one is always `?`.
    const cron = new Cron(fields.join(' ').replaceAll('?', '*'), {
      paused: true,
      timezone: 'UTC',
      alternativeWeekdays: true,
      domAndDow: true,
    })
    return cron.nextRun(new Date(after))?.getTime()
  } catch (error) {
    throw invalid(expression, error instanceof Error ? error.message : String(error))
  }
}

const invalid = (expression: string, why: string) => illegalArgument(`invalid cron expression [${expression}]: ${why}`)
