import { parseArgs } from 'node:util'
import { processEnvironment } from '../config/environment.ts'
import { nearestName } from '../core/nearest.ts'
import { version } from '../core/version.ts'
import { CommandError, type Command, type CommandInput, type Programs } from './command.ts'
import { commands } from './commands.ts'
import { commandHelp, HELP, overview } from './help.ts'

/** Where a command reads and writes; the process's own streams but in tests. */
export interface Streams {
  readonly stdin: NodeJS.ReadableStream
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown }
}

/**
 * Runs one command line. Never rejects: a mistake of the user is one line on stderr.
 *
 * @returns the exit code
 */
export async function runCommandLine(args: readonly string[], programs: Programs, streams: Streams = process): Promise<number> {
  try {
    return await run(args, programs, streams)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    streams.stderr.write(`${error.message}\n`)
    return 1
  }
}

async function run(args: readonly string[], programs: Programs, streams: Streams): Promise<number> {
  const [first] = args
  if (first === '--help' || first === '-h' || first === 'help') {
    const topic = first === 'help' ? findCommand(args.slice(1)) : undefined
    streams.stdout.write(topic ? commandHelp(topic.command) : overview(commands))
    return 0
  }
  if (first === '--version' || first === '-v') {
    streams.stdout.write(`${version}\n`)
    return 0
  }
  const found = findCommand(first === undefined || first.startsWith('-') ? ['start', ...args] : args)
  if (!found) throw new CommandError(unknownCommand(args))
  const { options, words } = parse(found.command, found.rest)
  if (options['help'] === true) {
    streams.stdout.write(commandHelp(found.command))
    return 0
  }
  return found.command.run({
    options,
    words,
    environment: processEnvironment(),
    folder: process.cwd(),
    stdin: streams.stdin,
    print: (text) => streams.stdout.write(text),
    programs,
  })
}

/** Names of two words are tried before names of one. */
function findCommand(args: readonly string[]): { readonly command: Command; readonly rest: readonly string[] } | undefined {
  for (const length of [2, 1]) {
    const command = commands.find(({ name }) => name === args.slice(0, length).join(' '))
    if (command) return { command, rest: args.slice(length) }
  }
  return undefined
}

function unknownCommand(args: readonly string[]): string {
  const names = commands.map(({ name }) => name)
  const group = names.filter((name) => name.startsWith(`${args[0]} `))
  if (group.length > 0)
    return `elkhorn ${args[0]}: expected one of ${group.map((name) => name.slice(name.indexOf(' ') + 1)).join(', ')}`
  const near = nearestName(args[0] ?? '', names)
  return `unknown command [${args[0]}]; ${near ? `did you mean [${near}]?` : 'elkhorn --help lists them'}`
}

function parse(command: Command, args: readonly string[]): Pick<CommandInput, 'options' | 'words'> {
  const options = { ...command.options, help: HELP }
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
    return { options: values, words: positionals }
  } catch (error) {
    const given = /'(--?[^' ]+)/.exec((error as Error).message)?.[1]
    const near =
      given &&
      nearestName(
        given,
        Object.keys(options).map((name) => `--${name}`),
      )
    if ((error as NodeJS.ErrnoException).code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
      throw new CommandError(
        `elkhorn ${command.name}: unknown option [${given}]; ${near ? `did you mean [${near}]?` : `elkhorn ${command.name} --help lists them`}`,
      )
    }
    throw new CommandError(`elkhorn ${command.name}: ${(error as Error).message.split('\n')[0]}`)
  }
}
