import type { Command } from './command.ts'
import { addDevice, listDevices, revokeDevice, rotateDevice } from './commands/devices.ts'
import { listDeadLetters, replayDeadLetters } from './commands/dead-letters.ts'
import { addToKeystore, createKeystore, listKeystore, removeFromKeystore } from './commands/keystore.ts'
import { lintPipeline, testPipeline } from './commands/pipeline.ts'
import { logsCommand } from './commands/logs.ts'
import { sampleCommand } from './commands/sample.ts'
import { startCommand } from './commands/start.ts'
import { statusCommand } from './commands/status.ts'
import { listUsers, resetPassword } from './commands/users.ts'
import { versionCommand } from './commands/version.ts'

/** Every subcommand, in the order of the help. */
export const commands: readonly Command[] = [
  startCommand,
  statusCommand,
  logsCommand,
  sampleCommand,
  lintPipeline,
  testPipeline,
  createKeystore,
  listKeystore,
  addToKeystore,
  removeFromKeystore,
  listDeadLetters,
  replayDeadLetters,
  listUsers,
  resetPassword,
  listDevices,
  addDevice,
  rotateDevice,
  revokeDevice,
  versionCommand,
]
