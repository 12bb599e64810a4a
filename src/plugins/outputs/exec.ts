import { once } from 'node:events'
import { z } from 'zod'
import { flag, text } from '../options.ts'
import { defineOutput } from '../plugin.ts'
import { compileShellCommand, endShell, startShell } from '../shell.ts'

export const exec = defineOutput({
  name: 'exec',
  summary: 'Runs a command for each event. What the event holds reaches the command as it is, and never as script.',
  config: z.strictObject({
    command: text().describe('Command for the shell, with references to fields.'),
    quiet: flag().default(false).describe('Whether what it says is not logged.'),
  }),
  examples: [
    { title: 'A program of your own', config: { command: '/usr/local/bin/page-operator %{[device][id]} "%{message}"' } },
  ],
  defaultCodec: 'plain',
  create({ command, quiet }, { log, signal }) {
    const commandOf = compileShellCommand(command)
    return {
      async write(events) {
        for (const event of events) {
          const child = startShell(commandOf(event), ['ignore', 'pipe', 'pipe'])
          const end = (): void => endShell(child)
          signal.addEventListener('abort', end, { once: true })
          for (const stream of [child.stdout, child.stderr])
            stream?.on('data', (chunk: Buffer) => quiet || log.info({ text: chunk.toString().trimEnd() }, 'the command says'))
          const [code] = (await once(child, 'close')) as [number | null]
          signal.removeEventListener('abort', end)
          signal.throwIfAborted()
          if (code !== 0) log.warn({ code }, 'the command failed')
        }
      },
    }
  },
})
