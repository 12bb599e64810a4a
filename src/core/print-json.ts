import { DecimalLiteral } from './parse-json.ts'
import { RawJson } from './raw-json.ts'

/**
 * JSON text of a value that may hold `bigint`s, `DecimalLiteral`s and `RawJson`: numbers print as they were written. Members that
 * are `undefined` are left out, as `JSON.stringify` does.
 */
export function printJson(value: unknown): string {
  switch (typeof value) {
    case 'bigint':
      return String(value)
    case 'object': {
      if (value === null) return 'null'
      if (value instanceof DecimalLiteral || value instanceof RawJson) return value.text
      if (Array.isArray(value))
        return `[${value.map((element: unknown) => (element === undefined ? 'null' : printJson(element))).join(',')}]`
      const members: string[] = []
      for (const [key, member] of Object.entries(value)) {
        if (member !== undefined) members.push(`${JSON.stringify(key)}:${printJson(member)}`)
      }
      return `{${members.join(',')}}`
    }
    default:
      return JSON.stringify(value) ?? 'null'
  }
}
