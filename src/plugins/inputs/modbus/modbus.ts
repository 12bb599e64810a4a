import { z } from 'zod'
import { createEvent, type Fields, type FieldValue } from '../../../core/event.ts'
import { fieldPath } from '../../../core/field-path.ts'
import { loadOptionalPackage } from '../../optional-package.ts'
import { choice, duration, integer, port, text, textHash } from '../../options.ts'
import { defineInput } from '../../plugin.ts'
import { Trouble } from '../../trouble.ts'
import { waitUntilAbort } from '../../wait.ts'
import { parseRegister, readNumber, spansOf, type Register, type Span } from './registers.ts'

const PACKAGE = 'modbus-serial'

/** As much of the package as is used. */
interface ModbusClient {
  connectTCP(host: string, options: { readonly port: number }): Promise<void>
  connectRTUBuffered(path: string, options: { readonly baudRate: number; readonly parity: string }): Promise<void>
  setID(unit: number): void
  setTimeout(ms: number): void
  readCoils(address: number, count: number): Promise<{ readonly data: readonly boolean[] }>
  readDiscreteInputs(address: number, count: number): Promise<{ readonly data: readonly boolean[] }>
  readInputRegisters(address: number, count: number): Promise<{ readonly buffer: Buffer }>
  readHoldingRegisters(address: number, count: number): Promise<{ readonly buffer: Buffer }>
  on(event: 'error', listener: (error: unknown) => void): unknown
  destroy(done: () => void): void
}

const config = z.strictObject({
  host: text().optional().describe('Address of a device or gateway that speaks Modbus TCP. It or `path`.'),
  port: port().default(502).describe('Its port.'),
  path: text().optional().describe('A serial line with Modbus RTU instead: `/dev/ttyUSB0`. Needs the package `serialport`, too.'),
  baud_rate: integer({ min: 1 }).default(9600).describe('Bits a second of that line.'),
  parity: choice('none', 'even', 'odd').default('none').describe('The bit that checks them.'),
  unit: integer({ min: 0, max: 255 }).default(1).describe('Number of the device behind the gateway or on the line.'),
  interval: duration().default(10_000).describe('Time from one reading to the next.'),
  timeout: duration().default(2_000).describe('How long a device may take to answer.'),
  registers: textHash().describe(
    'Fields and what is read into them: `table:address:type:scale`. Tables are `coil`, `discrete`, `input` and `holding`; addresses count from 0; types are `int16`, `uint16` (when absent), `int32`, `uint32`, `int64`, `uint64`, `float32` and `float64`; what is read is multiplied by the scale.',
  ),
  word_order: choice('big', 'little')
    .default('big')
    .describe('Whether the most or the least significant word of a number comes first.'),
})

export const modbus = defineInput({
  name: 'modbus',
  summary:
    'Asks a device for its registers at intervals, over Modbus TCP or a serial line (RTU). Needs the package `modbus-serial`; a device that is gone is asked again.',
  config,
  examples: [
    {
      title: 'An energy meter behind a gateway',
      config: { host: '10.0.0.20', unit: 3, registers: { power_kw: 'input:52:float32', relay: 'coil:0' } },
    },
  ],
  defaultCodec: 'plain',
  create(options, { log }) {
    const { host, path, unit } = options
    if ((host === undefined) === (path === undefined)) throw new Error('modbus needs host or path, and not both')
    const spans = spansOf(Object.entries(options.registers).map(([field, written]) => parseRegister(field, written)))
    if (spans.length === 0) throw new Error('registers: nothing is asked for')
    const source = host === undefined ? { path, unit } : { host, port: options.port, unit }
    const stopped = new AbortController()
    let running: Promise<void> = Promise.resolve()

    const connect = async (load: () => ModbusClient): Promise<ModbusClient> => {
      const client = load()
      client.on('error', () => undefined) // the request that was under way fails, too
      client.setTimeout(options.timeout)
      if (host === undefined) {
        await client.connectRTUBuffered(path ?? '', { baudRate: options.baud_rate, parity: options.parity })
      } else await client.connectTCP(host, { port: options.port })
      client.setID(unit)
      return client
    }
    const read = async (client: ModbusClient): Promise<Fields> => {
      const event = createEvent({ modbus: { ...source } })
      for (const span of spans) {
        for (const [field, value] of await readSpan(client, span, options.word_order === 'little'))
          fieldPath(field).set(event, value)
      }
      return event.fields
    }
    return {
      async start(sink) {
        const library = (await loadOptionalPackage('modbus input', PACKAGE)) as { readonly default: new () => ModbusClient }
        running = (async () => {
          let client: ModbusClient | undefined
          const trouble = new Trouble(log, source)
          while (!stopped.signal.aborted) {
            try {
              client ??= await connect(() => new library.default())
              const fields = await read(client)
              trouble.works('the device answers')
              if (!sink.push([createEvent(fields)])) await sink.ready(stopped.signal)
            } catch (error) {
              trouble.tell('the device cannot be read: it is tried again', error)
              await close(client)
              client = undefined
            }
            await waitUntilAbort(options.interval, stopped.signal)
          }
          await close(client)
        })()
      },
      async stop() {
        stopped.abort()
        await running
      },
    }
  },
})

async function readSpan(client: ModbusClient, span: Span, littleWords: boolean): Promise<readonly [string, FieldValue][]> {
  const { address, count, registers } = span
  const bits = (data: readonly boolean[]): [string, FieldValue][] =>
    registers.map((register: Register) => [register.field, data[register.address - address] ?? false])
  const numbers = (bytes: Buffer): [string, FieldValue][] => {
    if (bytes.length < count * 2) throw new Error(`the device answered ${bytes.length} bytes for ${count} registers`)
    return registers.map((register: Register) => [register.field, readNumber(register, span, bytes, littleWords)])
  }
  switch (span.table) {
    case 'coil':
      return bits((await client.readCoils(address, count)).data)
    case 'discrete':
      return bits((await client.readDiscreteInputs(address, count)).data)
    case 'input':
      return numbers((await client.readInputRegisters(address, count)).buffer)
    default:
      return numbers((await client.readHoldingRegisters(address, count)).buffer)
  }
}

function close(client: ModbusClient | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (client === undefined) resolve()
    else client.destroy(resolve)
  })
}
