import { createInterface } from 'node:readline'
import { CommandError, type Command } from '../command.ts'
import { configOf, configOptions } from '../config-options.ts'

export const lintPipeline: Command = {
  name: 'pipeline lint',
  summary: 'Tells whether pipeline files would load, and what is wrong with those that would not.',
  usage: 'FILE…',
  details: `Exit code 0 when every file would load, 1 otherwise with file:line:column: what for each refusal. What is let pass
is a warning; --set compat=strict refuses it as Logstash does. A folder stands for the *.conf in it.`,
  options: configOptions,
  run: async (input) => {
    if (input.words.length === 0) throw new CommandError('elkhorn pipeline lint: expected a file or a folder')
    const { config, variables } = await configOf(input)
    const { errors, warnings } = await input.programs
      .lintPipelines(input.words, { compat: config.compat, lookUp: variables.lookUp })
      .catch(unreadable)
    for (const warning of warnings) input.print(`warning: ${warning}\n`)
    for (const error of errors) input.print(`${error}\n`)
    return errors.length === 0 ? 0 : 1
  },
}

export const testPipeline: Command = {
  name: 'pipeline test',
  summary: 'Sends events through the filters of a pipeline file and prints what each of them changed.',
  usage: 'FILE… < EVENTS',
  details: `Events are lines: objects of JSON, or text that becomes the field message. Several files are one pipeline,
as Logstash joins those of a folder. Inputs and outputs are not started: the last lines say which outputs an
event would go to. Exit code 1 when the pipeline does not load.`,
  options: configOptions,
  run: async (input) => {
    if (input.words.length === 0)
      throw new CommandError('elkhorn pipeline test: expected a pipeline file; events come on the standard input')
    const { config, variables } = await configOf(input)
    const errors = await input.programs
      .testPipeline(input.words, {
        compat: config.compat,
        lookUp: variables.lookUp,
        config,
        events: linesOf(input.stdin),
        print: (text) => input.print(text),
      })
      .catch(unreadable)
    for (const error of errors) input.print(`${error}\n`)
    return errors.length === 0 ? 0 : 1
  },
}

/** Lines of a stream, read from when they are asked for: a reader that is made before misses what comes meanwhile. */
async function* linesOf(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  yield* createInterface({ input: stream, crlfDelay: Infinity })
}

function unreadable(error: NodeJS.ErrnoException): never {
  if (error.code === undefined) throw error
  throw new CommandError(`cannot read [${error.path}]: ${error.code === 'ENOENT' ? 'no such file' : error.message}`)
}
