import type { State } from '../../components/StateMark.tsx'
import type { Fields } from '../../hooks/use-fields.ts'
import { fieldKind } from '../../hooks/use-fields.ts'

/** Where logs say how bad it is; the first that exists counts. */
const LEVEL_FIELDS = ['log.level', 'level', 'log_level', 'loglevel', 'severity', 'event.severity_name', 'severity_text']

/** The field that holds a document's severity, if its values can be counted. */
export function findLevelField(fields: Fields): string | undefined {
  return LEVEL_FIELDS.find((name) => {
    const field = fields.find(name)
    return field?.aggregatable === true && fieldKind(field.type) === 'keyword'
  })
}

const STATES: readonly (readonly [RegExp, State])[] = [
  [/^(?:fatal|critical|crit|emerg(?:ency)?|alert|error|err|severe|e|f)$/i, 'critical'],
  [/^(?:warn(?:ing)?|w)$/i, 'warning'],
  [/^(?:info(?:rmation(?:al)?)?|notice|i|n)$/i, 'info'],
  [/^(?:debug|trace|verbose|fine(?:r|st)?|d|t|v)$/i, 'unknown'],
  [/^(?:ok|success)$/i, 'ok'],
]

/** How bad a level is; what is not known is no state at all. */
export function levelState(level: string): State | undefined {
  return STATES.find(([pattern]) => pattern.test(level.trim()))?.[1]
}
