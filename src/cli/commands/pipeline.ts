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
    const { config } = await configOf(input)
    const { errors, warnings } = await input.programs
      .lintPipelines(input.words, { compat: config.compat, environment: input.environment })
      .catch((error: NodeJS.ErrnoException) => {
        if (error.code === undefined) throw error
        throw new CommandError(`cannot read [${error.path}]: ${error.code === 'ENOENT' ? 'no such file' : error.message}`)
      })
    for (const warning of warnings) input.print(`warning: ${warning}\n`)
    for (const error of errors) input.print(`${error}\n`)
    return errors.length === 0 ? 0 : 1
  },
}
