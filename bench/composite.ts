import { count, readArguments } from './harness/arguments.ts'
import { circumstances, keepResult, printTable } from './harness/report.ts'
import { settle } from './harness/settle.ts'
import { openTarget, targetHelp } from './harness/target.ts'

const help = `Pages through a composite aggregation over a million buckets: time, CPU time and memory from the first page to the last.

  --buckets N  documents, each with a key of its own (default: 1000000)
  --page N     buckets of a page (default: 10000)
${targetHelp}`

const options = readArguments(help, ['buckets', 'page'])
const buckets = count(options['buckets'], 1_000_000, 'buckets')
const size = count(options['page'], 10_000, 'page')
const before = circumstances()
const target = await openTarget(options)
const { http, processes } = target

interface Page {
  readonly aggregations: { readonly all: { readonly buckets: readonly unknown[]; readonly after_key?: unknown } }
}

try {
  await http.json('PUT', '/keys', {
    settings: { number_of_shards: 1, number_of_replicas: 0 },
    mappings: { properties: { key: { type: 'keyword' }, group: { type: 'long' } } },
  })
  for (let at = 0; at < buckets; at += 10_000) {
    const lines = Array.from({ length: Math.min(10_000, buckets - at) }, (_, i) => {
      const number = ((at + i) * 7_919) % buckets
      return `{"create":{}}\n{"key":"key-${String(number).padStart(8, '0')}-${at + i}","group":${number % 100}}\n`
    })
    await http.call('POST', '/keys/_bulk', lines.join(''), 'application/x-ndjson')
  }
  await http.call('POST', '/keys/_refresh')
  await settle(processes)
  const pages: { readonly ms: number; readonly megabytes: number }[] = []
  const cpuBefore = processes.cpuSeconds()
  let found = 0
  for (let after: unknown; ;) {
    const startedAt = performance.now()
    const sources = [{ group: { terms: { field: 'group' } } }, { key: { terms: { field: 'key' } } }]
    const composite = { size, sources, ...(after === undefined ? {} : { after }) }
    const { aggregations } = (await http.json('POST', '/keys/_search', { size: 0, aggs: { all: { composite } } })) as Page
    pages.push({ ms: performance.now() - startedAt, megabytes: processes.residentBytes() / 2 ** 20 })
    found += aggregations.all.buckets.length
    after = aggregations.all.after_key
    if (after === undefined) break
  }
  const cpu = processes.cpuSeconds() - cpuBefore
  if (found !== buckets) throw new Error(`${found} buckets came, there are ${buckets}`)
  const at = (share: number): (typeof pages)[number] | undefined => pages[Math.floor((pages.length - 1) * share)]
  printTable([
    [`${buckets} buckets in ${pages.length} pages, ${cpu.toFixed(1)} CPU s`, 'ms', 'MB of all processes'],
    ...[0, 0.25, 0.5, 0.75, 1].map((share) => [
      `page ${Math.floor((pages.length - 1) * share) + 1}`,
      Math.round(at(share)?.ms ?? 0),
      Math.round(at(share)?.megabytes ?? 0),
    ]),
    ['the most', Math.round(Math.max(...pages.map(({ ms }) => ms))), Math.round(Math.max(...pages.map((one) => one.megabytes)))],
  ])
  process.stdout.write(`kept in ${keepResult('composite', { target: target.name, ...before, buckets, size, cpu, pages })}\n`)
} finally {
  await target.close()
}
