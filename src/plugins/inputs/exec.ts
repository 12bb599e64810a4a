import { once } from 'node:events'
import { z } from 'zod'
import type { Event } from '../../core/event.ts'
import { fieldPath } from '../../core/field-path.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { integer, text } from '../options.ts'
import { defineInput } from '../plugin.ts'
import { runScheduled, schedule } from '../schedule.ts'
import { endShell, startShell } from '../shell.ts'
import { Trouble } from '../trouble.ts'

/** A command that says more is ended. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024

const config = z.strictObject({
  command: text().describe('Command for the shell.'),
  interval: integer({ min: 1 }).optional().describe('Seconds from one run to the next.'),
  schedule: schedule().optional().describe('When it runs instead, as a cron expression.'),
  ecs_compatibility: ecsCompatibility(),
})

export const exec = defineInput({
  name: 'exec',
  summary: 'Runs a command by a schedule; what it says is an event.',
  config,
  examples: [{ title: 'Free space, every minute', config: { command: 'df -h /', interval: 60 } }],
  defaultCodec: 'plain',
  create({ command, interval, schedule: cron, ecs_compatibility: own }, context) {
    if ((interval === undefined) === (cron === undefined)) throw new Error('[exec] needs interval or schedule, and not both')
    const { clock, codec, hostname, log } = context
    const ecs = (own ?? context.ecs) !== 'disabled'
    const host = fieldPath(ecs ? '[host][name]' : 'host')
    const commandLine = fieldPath(ecs ? '[process][command_line]' : 'command')
    const exitCode = fieldPath(ecs ? '[process][exit_code]' : '[@metadata][exit_status]')
    const elapsed = fieldPath(ecs ? '[@metadata][input][exec][process][elapsed_time]' : '[@metadata][duration]')
    let running: { stop(): Promise<void> } | undefined

    const run = async (signal: AbortSignal): Promise<Event[]> => {
      const started = performance.now()
      const child = startShell({ script: command, values: [] }, ['ignore', 'pipe', 'ignore'])
      const end = (): void => endShell(child)
      signal.addEventListener('abort', end, { once: true })
      const chunks: Buffer[] = []
      let length = 0
      child.stdout?.on('data', (chunk: Buffer) => {
        length += chunk.length
        if (length > MAX_OUTPUT_BYTES) end()
        else chunks.push(chunk)
      })
      const [code] = (await once(child, 'close')) as [number | null]
      signal.removeEventListener('abort', end)
      if (length > MAX_OUTPUT_BYTES) throw new Error(`it said more than ${MAX_OUTPUT_BYTES} bytes`)
      const decoder = codec.decoder()
      const events = [...decoder.decode(Buffer.concat(chunks)), ...decoder.end()]
      const seconds = (performance.now() - started) / 1000
      for (const event of events) {
        host.set(event, hostname)
        commandLine.set(event, command)
        exitCode.set(event, code)
        // ECS counts nanoseconds.
        elapsed.set(event, ecs ? Math.round(seconds * 1e9) : seconds)
      }
      return events
    }
    const trouble = new Trouble(log)
    return {
      start(sink) {
        const plan = cron ?? { kind: 'every' as const, everyMs: (interval ?? 0) * 1000 }
        running = runScheduled(plan, clock, async (signal) => {
          try {
            const events = await run(signal)
            trouble.works()
            if (!signal.aborted && !sink.push(events)) await sink.ready(signal)
          } catch (error) {
            trouble.tell('the command failed', error)
          }
        })
        return Promise.resolve()
      },
      async stop() {
        await running?.stop()
      },
    }
  },
})
