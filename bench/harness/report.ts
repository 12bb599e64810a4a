import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What a figure without its circumstances would hide. */
export const circumstances = () => ({
  at: new Date().toISOString(),
  node: process.versions.node,
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memory_gb: Math.round(totalmem() / 2 ** 30),
  load_before: loadavg()[0] ?? 0,
})

/** Keeps a result beside the others; `*.local.json` is not part of the repository. */
export function keepResult(name: string, result: unknown): string {
  const folder = fileURLToPath(new URL('../../../../bench/results/', import.meta.url))
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${new Date().toISOString().slice(0, 19).replaceAll(':', '')}-${name}.local.json`)
  writeFileSync(file, `${JSON.stringify(result, null, 1)}\n`)
  return file
}

/** Rows as aligned columns; the first row is the header. */
export function printTable(rows: readonly (readonly (string | number)[])[]): void {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => String(row[at] ?? '').length)))
  for (const row of rows) {
    process.stdout.write(
      `${row.map((cell, at) => (at === 0 ? String(cell).padEnd(widths[at] ?? 0) : String(cell).padStart(widths[at] ?? 0))).join('  ')}\n`,
    )
  }
}

/** Rates of several loads beside what was asked and what the limit program does. */
export function printRates(
  limitName: string,
  results: readonly { readonly name: string; readonly asked: number; readonly rate: number; readonly limit: number }[],
): void {
  const rounded = (value: number): string => Math.round(value).toLocaleString('en-US')
  printTable([
    ['events per CPU second', 'measured', 'asked', limitName, 'ratio'],
    ...results.map(({ name, asked, rate, limit }) => [
      name,
      rounded(rate),
      rounded(asked),
      rounded(limit),
      (rate / limit).toFixed(2),
    ]),
  ])
}

/** The value below which the share `q` of the values lies. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN
}
