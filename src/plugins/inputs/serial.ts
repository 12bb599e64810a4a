import { z } from 'zod'
import type { Event } from '../../core/event.ts'
import { reasonOf } from '../../core/reason.ts'
import { loadOptionalPackage } from '../optional-package.ts'
import { choice, integer, text } from '../options.ts'
import { defineInput } from '../plugin.ts'
import { Trouble } from '../trouble.ts'
import { waitUntilAbort } from '../wait.ts'

const RECONNECT_MS = 2_000

/** A package with native code: those who have a serial line install it. */
const PACKAGE = 'serialport'

/** As much of the package as is used. */
interface SerialPortModule {
  readonly SerialPort: new (options: {
    readonly path: string
    readonly baudRate: number
    readonly dataBits: number
    readonly stopBits: number
    readonly parity: string
  }) => NodeJS.ReadableStream & { readonly isOpen: boolean; close(): void }
}

export const serial = defineInput({
  name: 'serial',
  summary:
    'Reads events from a serial line, such as an Arduino at /dev/ttyUSB0. Needs the package `serialport`; a line that is gone is opened again.',
  config: z.strictObject({
    path: text().describe('The device: `/dev/ttyUSB0`, `COM3`.'),
    baud_rate: integer({ min: 1 }).default(9600).describe('Bits a second.'),
    data_bits: choice('5', '6', '7', '8').default('8').describe('Bits of a character.'),
    stop_bits: choice('1', '2').default('1').describe('Bits behind each.'),
    parity: choice('none', 'even', 'odd', 'mark', 'space').default('none').describe('The bit that checks them.'),
  }),
  examples: [{ title: 'An Arduino that prints JSON', config: { path: '/dev/ttyUSB0', baud_rate: 115200, codec: 'json_lines' } }],
  defaultCodec: 'line',
  create(options, { codec, log }) {
    const stopped = new AbortController()
    const stream = codec.forStreams ?? codec
    let running: Promise<void> = Promise.resolve()
    let current: { close(): void; readonly isOpen: boolean } | undefined
    return {
      async start(sink) {
        const { SerialPort } = (await loadOptionalPackage('serial input', PACKAGE)) as SerialPortModule
        const readOnce = async (): Promise<void> => {
          const port = new SerialPort({
            path: options.path,
            baudRate: options.baud_rate,
            dataBits: Number(options.data_bits),
            stopBits: Number(options.stop_bits),
            parity: options.parity,
          })
          current = port
          const decoder = stream.decoder()
          const hand = async (events: readonly Event[]): Promise<void> => {
            for (const event of events) event.fields['serial'] ??= { path: options.path }
            if (events.length > 0 && !sink.push(events)) await sink.ready(stopped.signal)
          }
          for await (const chunk of port) await hand(decoder.decode(chunk as Buffer))
          await hand(decoder.end())
        }
        running = (async () => {
          const trouble = new Trouble(log, { path: options.path })
          while (!stopped.signal.aborted) {
            const reason = await readOnce().then(
              () => 'the line ended',
              (error: unknown) => reasonOf(error),
            )
            if (stopped.signal.aborted) return
            trouble.tell('the serial line is gone: it is tried again', reason)
            await waitUntilAbort(RECONNECT_MS, stopped.signal)
          }
        })()
      },
      async stop() {
        stopped.abort()
        if (current?.isOpen === true) current.close()
        await running
      },
    }
  },
})
