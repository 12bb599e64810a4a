import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { replaceDurably } from '../../core/durable-files.ts'
import { utc } from '../../core/dates/time-zone.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { printSqlTime, readSqlTime } from './local-time.ts'

/** How far a table was read: a number, or a time. */
export type LastValue = number | bigint | Timestamp

/**
 * What was kept, `undefined` when it is nothing. As Logstash writes it, a document of YAML with one value:
 * `--- 42`, or `--- 2024-05-01 10:00:00.000000000 Z`.
 */
export async function loadLastValue(file: string): Promise<LastValue | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  const written = text.replace(/^---\s*(?:!\S+\s*)?/, '').trim()
  if (/^-?\d+(?:\.\d+)?$/.test(written)) {
    const number = Number(written)
    return Number.isInteger(number) && !Number.isSafeInteger(number) ? BigInt(written) : number
  }
  const time = readSqlTime(written.replaceAll(/^['"]|['"]$/g, '').replace(/ Z$/, 'Z'), utc)
  if (time === undefined) throw new Error(`[${file}] holds neither a number nor a time: remove it, or set clean_run`)
  return time
}

export async function keepLastValue(file: string, value: LastValue): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await replaceDurably(file, `--- ${value instanceof Timestamp ? `${printSqlTime(value, utc)}000 Z` : String(value)}\n`)
}
