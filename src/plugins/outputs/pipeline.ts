import { z } from 'zod'
import { cloneEvent } from '../../core/event.ts'
import { flag, list } from '../options.ts'
import { defineOutput } from '../plugin.ts'

export const pipeline = defineOutput({
  name: 'pipeline',
  summary: 'Hands events to other pipelines. Their source is acknowledged when those have stored them.',
  config: z.strictObject({
    send_to: list().describe('Addresses of `pipeline` inputs. Each gets every event.'),
    ensure_delivery: flag().default(true).describe('Whether events wait for an address that no input has, or are dropped.'),
  }),
  examples: [{ title: 'To the pipeline of firewalls', config: { send_to: ['firewalls'] } }],
  defaultCodec: 'plain',
  create({ send_to: addresses, ensure_delivery: ensure }, { bus, log, signal }) {
    const warned = new Set<string>()
    return {
      async write(events) {
        for (const address of addresses) {
          let sink = bus.find(address)
          if (sink === undefined && !ensure) {
            log.warn({ address, event_count: events.length }, 'no pipeline has the address: events are dropped')
            continue
          }
          while (sink === undefined) {
            if (!warned.has(address))
              log.warn({ address, event_count: events.length }, 'no pipeline has the address: events wait')
            warned.add(address)
            await bus.whenListening(address, signal)
            signal.throwIfAborted()
            sink = bus.find(address)
          }
          warned.delete(address)
          // A copy holds what its source waits for: it is acknowledged when the other pipeline has let go of it, too.
          if (!sink.push(events.map(cloneEvent))) await sink.ready(signal)
        }
      },
    }
  },
})
