import type { Command, CommandOption } from './command.ts'

/** The page that `elkhorn --help` prints. */
export function overview(commands: readonly Command[]): string {
  const rows = commands.map(({ name, summary }): [string, string] => [name, summary])
  return `Elkhorn: receives, stores, searches and shows what devices and programs send.

Usage: elkhorn COMMAND [options]

Commands:
${columns(rows)}

\`elkhorn COMMAND --help\` explains a command. Without one, \`start\` is meant.
`
}

/** The page that `elkhorn COMMAND --help` prints. */
export function commandHelp({ name, summary, usage, details, options }: Command): string {
  const rows = Object.entries({ ...options, help: HELP }).map(([option, entry]): [string, string] => [
    optionName(option, entry),
    entry.summary,
  ])
  return [
    `${summary}\n`,
    `Usage: elkhorn ${`${name} ${usage}`.trim()}\n`,
    ...(details ? [`${details}\n`] : []),
    `Options:\n${columns(rows)}\n`,
  ].join('\n')
}

export const HELP: CommandOption = { type: 'boolean', short: 'h', summary: 'shows this' }

const optionName = (name: string, { short, value }: CommandOption): string =>
  `${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n')
}
