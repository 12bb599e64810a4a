import { dateFormat } from '../src/core/dates/date-format.ts'
import { parseIsoInstant } from '../src/core/dates/iso-instant.ts'
import { logstashDateFormat } from '../src/core/dates/logstash-date.ts'
import { bucketStarts, roundDown } from '../src/core/dates/rounding.ts'
import { timeZone } from '../src/core/dates/time-zone.ts'
import { parseRequestJson } from '../src/core/request-json.ts'
import { analyzerFor, builtInAnalysis } from '../src/query/analysis/analysis.ts'
import { TokenSpans } from '../src/query/analysis/token.ts'
import { DEFAULT_QUERY_LIMITS, type BindContext } from '../src/query/bind/context.ts'
import { bindQuery } from '../src/query/dsl/bind-query.ts'
import { parseQuery } from '../src/query/dsl/parse-query.ts'
import { fieldList } from '../src/query/field-list.ts'
import { kqlToDsl } from '../src/query/kql/kql-to-dsl.ts'
import { parseKql } from '../src/query/kql/parse-kql.ts'
import { parseSearch } from '../src/query/parse-search.ts'
import { readArguments } from './harness/arguments.ts'
import { circumstances, keepResult, printTable } from './harness/report.ts'

readArguments('CPU time of the inner loops of ingest and search: dates, words, query languages. No options.', [])

const ISO = Array.from({ length: 1000 }, (_, at) => new Date(1_700_000_000_000 + at * 977_123).toISOString())
const NANOS = ISO.map((text) => text.replace('Z', '456789Z'))
const SYSLOG = ISO.map((_, at) => `Feb ${String((at % 28) + 1).padStart(2, '0')} 04:05:${String(at % 60).padStart(2, '0')}`)
const INSTANTS = ISO.map((text) => Date.parse(text))
const LINE =
  'GET /api/v1/devices/press-07/telemetry?from=now-1h 200 in 12.5 ms: user=plant_engineer, sensor vibration.rms is 0.42'
const FOREIGN = 'Temperaturfühler an Presse 7 meldet Übertemperatur: 81,5 °C, Grenzwert 80 °C überschritten, Linie gestoppt'
const DAY_IN_BERLIN = { kind: 'calendar', unit: 'day', zone: 'Europe/Berlin', offsetMs: 0 } as const

const standard = analyzerFor('standard', builtInAnalysis)
const english = analyzerFor('english', builtInAnalysis)
const spans = new TokenSpans()
const defaultFormat = dateFormat('strict_date_optional_time||epoch_millis')
const javaPattern = dateFormat('yyyy-MM-dd HH:mm:ss.SSS')
const javaTexts = INSTANTS.map((instant) => javaPattern.print(instant))
const syslog = logstashDateFormat('MMM dd HH:mm:ss')
const berlin = timeZone('Europe/Berlin')

const BODY = JSON.stringify({
  size: 0,
  query: {
    bool: {
      filter: [
        { range: { '@timestamp': { gte: 'now-1h', lt: 'now' } } },
        { term: { level: 'error' } },
        { match: { message: 'connection refused' } },
      ],
    },
  },
  aggs: {
    over_time: { date_histogram: { field: '@timestamp', fixed_interval: '1m' }, aggs: { mean: { avg: { field: 'took' } } } },
  },
})
const KQL =
  'group:pt AND service:django AND app_module:parcels AND log_level:ERROR and took >= 100 and not message: "health check"'
const context: BindContext = {
  index: { name: 'bench', uuid: 'bench' },
  fields: fieldList({ '@timestamp': 'date', level: 'keyword', message: 'text', took: 'double' }),
  analysis: builtInAnalysis,
  now: 1_700_000_000_000,
  limits: DEFAULT_QUERY_LIMITS,
  defaultFields: ['*'],
}
const query = parseSearch(parseRequestJson(BODY)).query

/** Name, inputs of one call, and the work. */
const PARTS: readonly (readonly [name: string, perCall: number, work: () => unknown])[] = [
  ['ISO instant', 1000, () => sum(ISO, parseIsoInstant)],
  ['default date format', 1000, () => sum(ISO, (text) => defaultFormat.parse(text))],
  ['default date format, nanoseconds', 1000, () => sum(NANOS, (text) => defaultFormat.parse(text))],
  ['java.time pattern', 1000, () => sum(javaTexts, (text) => javaPattern.parse(text))],
  ['Joda pattern without a year', 1000, () => sum(SYSLOG, (text) => syslog.parse(text, berlin, 1_700_000_000_000))],
  ['print a date', 1000, () => INSTANTS.map((instant) => defaultFormat.print(instant))],
  ['day in Berlin of an instant', 1000, () => sum(INSTANTS, (instant) => roundDown(DAY_IN_BERLIN, instant))],
  ['365 days in Berlin', 1, () => bucketStarts(DAY_IN_BERLIN, 1_700_000_000_000, 1_731_536_000_000)],
  [`words of ${LINE.length} ASCII characters, places only`, 1, () => standard.asciiSpans?.(LINE, spans)],
  [`words of ${LINE.length} ASCII characters, tokens`, 1, () => standard.analyze(LINE)],
  [`words of ${FOREIGN.length} characters, tokens`, 1, () => standard.analyze(FOREIGN)],
  [`English words of ${LINE.length} characters`, 1, () => english.analyze(LINE)],
  [`search body of ${BODY.length} bytes`, 1, () => parseSearch(parseRequestJson(BODY))],
  ['bind its query', 1, () => query && bindQuery(query, context)],
  ['KQL to a query', 1, () => parseQuery(kqlToDsl(parseKql(KQL)))],
]

const MEASURED_CPU_SECONDS = 0.3

const before = circumstances()
const rows: (string | number)[][] = [['part', 'CPU ns each']]
const results: Record<string, number> = {}
for (const [name, perCall, work] of PARTS) {
  cpuSeconds(work, 0.1)
  const { seconds, calls } = cpuSeconds(work, MEASURED_CPU_SECONDS)
  const nanos = Math.round((seconds * 1e9) / (calls * perCall))
  results[name] = nanos
  rows.push([name, nanos])
}
printTable(rows)
process.stdout.write(`kept in ${keepResult('query-parts', { ...before, results })}\n`)

/** Calls `work` until it has cost this much. */
function cpuSeconds(work: () => unknown, enough: number): { seconds: number; calls: number } {
  const start = process.cpuUsage()
  let calls = 0
  for (;;) {
    for (let round = 0; round < 10; round++) work()
    calls += 10
    const { user, system } = process.cpuUsage(start)
    const seconds = (user + system) / 1e6
    if (seconds >= enough) return { seconds, calls }
  }
}

/** Adds up what `read` makes of the inputs, so that nothing of it can be left out. */
function sum<T>(inputs: readonly T[], read: (input: T) => number): number {
  let total = 0
  for (const input of inputs) total += read(input)
  return total
}
