import type { Command } from './command.ts'
import { startCommand } from './commands/start.ts'
import { versionCommand } from './commands/version.ts'

/** Every subcommand, in the order of the help. */
export const commands: readonly Command[] = [startCommand, versionCommand]
