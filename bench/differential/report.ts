import type { Comparison } from './comparison.ts'

/** Differences of one class that are shown. */
const SHOWN = 2
const SHOWN_CHARACTERS = 700

/** What agreed and what did not, as text for people; the last line is a row of docs/reference/differential.md. */
export function report({ asked, agreed, listed, classes }: Comparison, seed: number): string {
  const lines: string[] = []
  for (const [name, all] of [...classes].toSorted(([, a], [, b]) => b.length - a.length)) {
    lines.push(`${all.length} × ${name}`)
    for (const { request, path, ours, theirs } of all.slice(0, SHOWN)) {
      lines.push(`  ${request.method} ${request.path} ${print(request.body ?? request.lines)}`)
      lines.push(`    ${path}`, `      ours   ${print(ours)}`, `      theirs ${print(theirs)}`)
    }
    lines.push('')
  }
  for (const [kind, total] of asked) lines.push(`${kind}: ${agreed.get(kind) ?? 0} of ${total} agree`)
  for (const [name, total] of listed) lines.push(`listed, ${name}: ${total}`)
  const others = [...classes.values()].flat().length
  const figures = [sum(asked), sum(agreed), sum(listed), others].map((figure) => figure.toLocaleString('en'))
  lines.push('seed, asked, agree, differ as listed, differ otherwise:', `| ${[seed, ...figures].join(' | ')} |`)
  return lines.join('\n')
}

const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((a, b) => a + b, 0)
const print = (value: unknown): string => (JSON.stringify(value) ?? '').slice(0, SHOWN_CHARACTERS)
