import { writeFileSync } from 'node:fs'

/**
 * What a script reports to `.ci/run`, which gives `--summary FILE` and adds up the counts.
 *
 * @param {{ passed: number, failed: number, skipped: number }} counts
 */
export function writeSummary(counts) {
  const at = process.argv.indexOf('--summary')
  const file = at < 0 ? undefined : process.argv[at + 1]
  if (file) writeFileSync(file, JSON.stringify(counts))
}

/** The arguments without `--summary FILE`. */
export function ownArguments() {
  const args = process.argv.slice(2)
  const at = args.indexOf('--summary')
  if (at >= 0) args.splice(at, 2)
  return args
}
