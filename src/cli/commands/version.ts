import { version } from '../../core/version.ts'
import type { Command } from '../command.ts'

export const versionCommand: Command = {
  name: 'version',
  summary: 'Prints the version of Elkhorn and of Node.js.',
  usage: '',
  options: {},
  run: async (input) => {
    input.print(`elkhorn ${version} (Node.js ${process.versions.node}, ${process.platform} ${process.arch})\n`)
    return 0
  },
}
