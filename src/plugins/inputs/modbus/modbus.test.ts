import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { ServerTCP } from 'modbus-serial'
import { afterEach, expect, test } from 'vitest'
import { startInput, stopInputs } from '../../test-input.ts'

let device: ServerTCP | undefined
let refusals = 0
afterEach(async () => {
  await stopInputs()
  await stopDevice()
})

function stopDevice(): Promise<void> {
  return new Promise((resolve) => {
    if (device === undefined) resolve()
    else device.close(() => resolve())
    device = undefined
  })
}

/** A device as the package makes them: 22.5 in words 100 and 101, a counter in word 7, coil 3 is on. */
async function startDevice(port = 0): Promise<number> {
  const words = new Map([
    [7, 1234],
    [100, 0x41b4],
    [101, 0],
  ])
  const word = (address: number, unit: number): number => {
    const value = words.get(address)
    if (value === undefined || unit !== 3) {
      refusals += 1
      throw Object.assign(new Error('illegal address'), { modbusErrorCode: 2 })
    }
    return value
  }
  const registers = {
    getHoldingRegister: word,
    getInputRegister: word,
    getCoil: (address: number) => address === 3,
    getDiscreteInput: () => false,
  }
  for (;;) {
    const server = new ServerTCP(registers, { host: '127.0.0.1', port, unitID: 3 })
    const listens = await Promise.race([
      once(server, 'initialized').then(() => true),
      once(server, 'serverError').then(() => false),
    ])
    // It listens on a server of its own, and does not say where.
    if (listens) {
      device = server
      return ((Reflect.get(server, '_server') as Server).address() as AddressInfo).port
    }
    // A port that was free may be that of somebody's connection for a moment.
    await delay(20)
  }
}

test('registers of a device become fields', async () => {
  const port = await startDevice()
  const { fields } = await startInput('modbus', {
    host: '127.0.0.1',
    port,
    unit: 3,
    interval: '20 ms',
    registers: {
      temperature: 'holding:100:float32',
      '[line][parts]': 'input:7',
      tenths: 'input:7:uint16:0.1',
      on: 'coil:3',
      off: 'coil:4',
    },
  })
  await expect.poll(() => fields().length).toBeGreaterThan(1)
  expect(fields()[0]).toEqual({
    modbus: { host: '127.0.0.1', port, unit: 3 },
    temperature: 22.5,
    line: { parts: 1234 },
    tenths: 123.4,
    on: true,
    off: false,
  })
})

test('a device that is gone is asked again', async () => {
  const port = await startDevice()
  const options = { host: '127.0.0.1', port, unit: 3, interval: '20 ms', timeout: '200 ms', registers: { n: 'input:7' } }
  const { fields } = await startInput('modbus', options)
  await expect.poll(() => fields().length).toBeGreaterThan(0)
  for (const socket of device?.socks.keys() ?? []) socket.destroy()
  await stopDevice()
  const before = fields().length
  await startDevice(port)
  await expect.poll(() => fields().length).toBeGreaterThan(before)
})

test('a device that refuses an address makes no events', async () => {
  const port = await startDevice()
  const { fields } = await startInput('modbus', {
    host: '127.0.0.1',
    port,
    unit: 3,
    interval: '20 ms',
    registers: { n: 'input:8' },
  })
  await expect.poll(() => refusals).toBeGreaterThan(1)
  expect(fields()).toEqual([])
})

test.each([
  { options: { registers: { n: 'input:7' } }, want: 'modbus needs host or path, and not both' },
  { options: { host: 'h', registers: {} }, want: 'registers: nothing is asked for' },
  { options: { host: 'h', registers: { n: 'inputs:7' } }, want: 'expected coil, discrete, input or holding' },
])('$want', async ({ options, want }) => {
  await expect(startInput('modbus', options)).rejects.toThrow(want)
})
