import { ConfigError } from '../config/config-error.ts'
import { loadConfig, type LoadedConfig } from '../config/load-config.ts'
import { CommandError, stringOption, stringOptions, type CommandInput, type CommandOption } from './command.ts'

/** Options of every command that needs to know which Elkhorn is meant. */
export const configOptions = {
  config: { type: 'string', value: 'FILE', summary: 'configuration file (default: elkhorn.yml of this folder, if there is one)' },
  data: { type: 'string', value: 'DIR', summary: 'data folder, short for --set data.path=DIR' },
  set: { type: 'string', multiple: true, value: 'key=value', summary: 'overrides one key of the configuration; may be repeated' },
} as const satisfies Record<string, CommandOption>

/** What the options say as `--set` arguments. */
export function overridesOf(input: CommandInput): readonly string[] {
  const data = stringOption(input, 'data')
  return [...stringOptions(input, 'set'), ...(data === undefined ? [] : [`data.path=${data}`])]
}

/** @throws CommandError with one line per problem */
export async function configOf(input: CommandInput): Promise<LoadedConfig> {
  try {
    return await loadConfig(stringOption(input, 'config'), {
      overrides: overridesOf(input),
      environment: input.environment,
      folder: input.folder,
    })
  } catch (error) {
    if (error instanceof ConfigError) throw new CommandError(error.message)
    throw error
  }
}
