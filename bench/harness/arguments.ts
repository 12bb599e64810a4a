import { parseArgs } from 'node:util'

/** Reads `--name value` options; `--help` prints the help and ends the program, an unknown option does so with one line. */
export function readArguments(help: string, names: readonly string[]): Readonly<Record<string, string | undefined>> {
  const options = Object.fromEntries([...names, 'url', 'auth', 'pid', 'data'].map((name) => [name, { type: 'string' as const }]))
  let values: Readonly<Record<string, string | boolean | undefined>>
  try {
    values = parseArgs({ options: { ...options, help: { type: 'boolean' } }, strict: true }).values
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
    process.exit(1)
  }
  if (values['help'] === true) {
    process.stdout.write(`${help}\n`)
    process.exit(0)
  }
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? value : undefined]))
}

/** @throws Error unless the text is a whole number from 1 */
export function count(text: string | undefined, fallback: number, name: string): number {
  const value = text === undefined ? fallback : Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} ${text}: expected a whole number from 1`)
  return value
}
