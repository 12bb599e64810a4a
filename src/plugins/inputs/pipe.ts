import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { z } from 'zod'
import type { Event } from '../../core/event.ts'
import { fieldPath } from '../../core/field-path.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { text } from '../options.ts'
import { defineInput, type EventSink } from '../plugin.ts'
import { endShell, startShell } from '../shell.ts'
import { waitUntilAbort } from '../wait.ts'

const AGAIN_MS = 10_000

export const pipe = defineInput({
  name: 'pipe',
  summary: 'Runs a command and reads what it says, line by line. When it ends, it is started again.',
  config: z.strictObject({
    command: text().describe('Command for the shell.'),
    ecs_compatibility: ecsCompatibility(),
  }),
  examples: [{ title: 'The journal of the system', config: { command: 'journalctl -f -o json', codec: 'json' } }],
  defaultCodec: 'plain',
  create({ command, ecs_compatibility: own }, context) {
    const { codec, hostname, log } = context
    const ecs = (own ?? context.ecs) !== 'disabled'
    const host = fieldPath(ecs ? '[host][name]' : 'host')
    const commandLine = fieldPath(ecs ? '[process][command_line]' : 'command')
    const stopped = new AbortController()
    let child: ChildProcess | undefined
    let running: Promise<void> = Promise.resolve()

    const hand = async (events: readonly Event[], sink: EventSink): Promise<void> => {
      for (const event of events) {
        host.set(event, hostname)
        commandLine.set(event, command)
      }
      if (events.length > 0 && !sink.push(events)) await sink.ready(stopped.signal)
    }
    const read = async (sink: EventSink): Promise<void> => {
      const started = startShell({ script: command, values: [] }, ['ignore', 'pipe', 'inherit'])
      child = started
      const ended = once(started, 'close')
      const decoder = (codec.forStreams ?? codec).decoder()
      for await (const chunk of started.stdout as AsyncIterable<Buffer>) await hand(decoder.decode(chunk), sink)
      await hand(decoder.end(), sink)
      const [code] = (await ended) as [number | null]
      if (!stopped.signal.aborted) log.warn({ code }, 'the command ended: it is started again')
    }
    return {
      start(sink) {
        running = (async () => {
          while (!stopped.signal.aborted) {
            await read(sink)
            await waitUntilAbort(AGAIN_MS, stopped.signal)
          }
        })()
        return Promise.resolve()
      },
      async stop() {
        stopped.abort()
        if (child !== undefined) endShell(child)
        await running
      },
    }
  },
})
