import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { startInput, stopInputs } from '../src/plugins/test-input.ts'

/**
 * A pseudo terminal stands for a serial line, as the device of a sensor does: what is written to this program's standard
 * input comes out of the terminal whose name it prints first.
 */
const PSEUDO_TERMINAL = `
import os, sys, tty
ours, theirs = os.openpty()
tty.setraw(theirs)
print(os.ttyname(theirs), flush=True)
while True:
    data = os.read(0, 4096)
    if not data: break
    os.write(ours, data)
`

const hasPython = process.platform !== 'win32' && spawnSync('python3', ['-c', 'import pty']).status === 0

const cleanUp: (() => void)[] = []
afterEach(async () => {
  await stopInputs()
  for (const step of cleanUp.splice(0)) step()
})

async function openLine() {
  const child = spawn('python3', ['-c', PSEUDO_TERMINAL], { stdio: ['pipe', 'pipe', 'inherit'] })
  cleanUp.push(() => child.kill())
  const [name] = (await once(child.stdout, 'data')) as [Buffer]
  return { path: name.toString().trim(), write: (text: string) => child.stdin.write(text), unplug: () => child.kill() }
}

test.skipIf(!hasPython)(
  'what a device writes to a serial line becomes events (needs python3 for a pseudo terminal)',
  async () => {
    const line = await openLine()
    const { fields } = await startInput('serial', { path: line.path, baud_rate: 115_200 })
    const write = setInterval(() => line.write('22.5 C\n'), 20) // what was written before the line was open is lost, as on a real one
    cleanUp.push(() => clearInterval(write))
    await expect.poll(() => fields().length).toBeGreaterThan(0)
    expect(fields().at(-1)).toMatchObject({ message: expect.stringContaining('22.5 C'), serial: { path: line.path } })
  },
)

test('a line that is not there is tried again, and stops at once', async () => {
  const { fields, input } = await startInput('serial', { path: '/dev/nowhere' })
  await input.stop()
  expect(fields()).toEqual([])
})
