import { z } from 'zod'
import { text } from '../options.ts'
import { defineInput } from '../plugin.ts'

export const stdin = defineInput({
  name: 'stdin',
  summary: 'Reads events from the standard input.',
  config: z.strictObject({ ecs_compatibility: text().optional().describe('Accepted: `host` is always an object.') }),
  examples: [{ title: 'Lines', config: {} }],
  defaultCodec: 'line',
  create(_config, { codec, hostname }) {
    const stopped = new AbortController()
    const decoder = (codec.forStreams ?? codec).decoder()
    let running: Promise<void> = Promise.resolve()
    return {
      start(sink) {
        running = (async () => {
          for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
            const events = decoder.decode(chunk)
            for (const event of events) event.fields['host'] ??= { hostname }
            if (!sink.push(events)) await sink.ready(stopped.signal)
            if (stopped.signal.aborted) return
          }
          sink.push(decoder.end())
        })().catch(() => undefined) // the stream was destroyed: stop() does so
        return Promise.resolve()
      },
      async stop() {
        stopped.abort()
        process.stdin.destroy()
        await running
      },
    }
  },
})
