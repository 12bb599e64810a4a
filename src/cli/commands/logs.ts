import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { CommandError, stringOption, type Command } from '../command.ts'
import { configOf, configOptions } from '../config-options.ts'

const TAIL_BYTES = 256 * 1024

interface Line {
  readonly '@timestamp'?: string
  readonly 'log.level'?: string
  readonly service?: string
  readonly message?: string
}

export const logsCommand: Command = {
  name: 'logs',
  summary: 'Prints the last lines of the log.',
  usage: '[--lines N] [--json] [--data DIR]',
  options: {
    ...configOptions,
    lines: { type: 'string', value: 'N', summary: 'how many (default: 40)' },
    json: { type: 'boolean', summary: 'as they are in the file' },
  },
  run: async (input) => {
    const { config } = await configOf(input)
    const path = join(config.data.path, 'logs', 'elkhorn.log')
    const wanted = Number(stringOption(input, 'lines') ?? 40)
    if (!Number.isInteger(wanted) || wanted < 1)
      throw new CommandError(`--lines ${stringOption(input, 'lines')}: expected a number from 1`)
    for (const line of (await readEnd(path)).slice(-wanted))
      input.print(`${input.options['json'] === true ? line : forPeople(line)}\n`)
    return 0
  },
}

async function readEnd(path: string): Promise<string[]> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(error.code === 'ENOENT' ? `there is no log yet: [${path}]` : `cannot read [${path}]: ${error.message}`)
  })
  try {
    const { size } = await file.stat()
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(Math.min(size, TAIL_BYTES)),
      0,
      Math.min(size, TAIL_BYTES),
      Math.max(0, size - TAIL_BYTES),
    )
    const lines = buffer.subarray(0, bytesRead).toString().trimEnd().split('\n')
    return size > TAIL_BYTES ? lines.slice(1) : lines // the first may be the end of a longer one
  } finally {
    await file.close()
  }
}

function forPeople(text: string): string {
  let line: Line
  try {
    line = JSON.parse(text) as Line
  } catch {
    return text // cut short by a crash: still worth seeing
  }
  const { '@timestamp': at, 'log.level': level, service, message, ...fields } = line
  const rest = Object.entries(fields).map(
    ([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  return `${at} ${level?.toUpperCase()} ${service ? `${service}: ` : ''}${message}${rest.join('')}`
}
