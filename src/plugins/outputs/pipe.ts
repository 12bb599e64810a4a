import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { z } from 'zod'
import type { Event } from '../../core/event.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { integer, text } from '../options.ts'
import { defineOutput } from '../plugin.ts'
import { compileShellCommand, startShell, type ShellCommand } from '../shell.ts'
import { waitOrAbort } from '../wait.ts'

const AGAIN_MS = 1_000
/** Programs that run at once: the one that was used longest ago is ended when there are more. */
const MAX_PROGRAMS = 100

export const pipe = defineOutput({
  name: 'pipe',
  summary: 'Runs a command and writes events to its standard input, a line each.',
  config: z.strictObject({
    command: text().describe('Command for the shell, with references to fields: a program for each of what they hold.'),
    message_format: text().optional().describe('The line, with references. What the codec writes when absent.'),
    ttl: integer({ min: -1 }).default(10).describe('Seconds without events after which a program is ended. -1: never.'),
  }),
  examples: [{ title: 'A file for each device, compressed', config: { command: 'gzip >> "/var/log/%{[device][id]}.gz"' } }],
  defaultCodec: 'json_lines',
  create({ command, message_format: format, ttl }, { codec, log, signal }) {
    const commandOf = compileShellCommand(command)
    const line = format === undefined ? undefined : compileTemplate(format)
    const programs = new Map<string, { readonly child: ChildProcess; idle: NodeJS.Timeout | undefined }>()

    const end = (key: string): void => {
      const program = programs.get(key)
      if (program === undefined) return
      programs.delete(key)
      clearTimeout(program.idle)
      program.child.stdin?.end()
    }
    const programOf = (key: string, wanted: ShellCommand): ChildProcess => {
      let program = programs.get(key)
      if (program === undefined) {
        const child = startShell(wanted, ['pipe', 'ignore', 'inherit'])
        child.on('error', () => undefined).on('exit', () => programs.get(key)?.child === child && end(key))
        child.stdin?.on('error', () => undefined) // the write that was under way fails, too
        program = { child, idle: undefined }
        const [oldest] = programs.keys()
        if (programs.size >= MAX_PROGRAMS && oldest !== undefined) end(oldest)
      } else programs.delete(key)
      programs.set(key, program) // the last that was used
      clearTimeout(program.idle)
      if (ttl > 0) program.idle = setTimeout(() => end(key), ttl * 1000).unref()
      return program.child
    }
    const send = async (event: Event): Promise<void> => {
      const wanted = commandOf(event)
      const bytes = line === undefined ? codec.encode(event) : `${line.print(event)}\n`
      for (;;) {
        const { stdin } = programOf(JSON.stringify(wanted.values), wanted)
        const error = await new Promise<Error | null | undefined>((resolve) => {
          if (stdin === null) resolve(new Error('it was not started'))
          else stdin.write(bytes, resolve)
        })
        if (error === null || error === undefined) return
        log.warn({ error: error.message }, 'the command ended: it is started again')
        end(JSON.stringify(wanted.values))
        await waitOrAbort(AGAIN_MS, signal)
      }
    }
    return {
      async write(events) {
        for (const event of events) await send(event)
      },
      async close() {
        const running = [...programs.values()].filter(({ child }) => child.exitCode === null)
        const ended = running.map(({ child }) => once(child, 'exit'))
        for (const key of programs.keys()) end(key)
        await Promise.all(ended)
      },
    }
  },
})
