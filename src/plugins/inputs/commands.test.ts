import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import { startInput, stopInputs } from '../test-input.ts'

const folder = mkdtempSync(join(tmpdir(), 'elkhorn-commands-'))
afterEach(stopInputs)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('what a command says is an event, by a schedule', async () => {
  const { fields } = await startInput('exec', { command: 'echo "one $((1 + 1))"; exit 3', schedule: { every: '20 ms' } })
  await expect.poll(() => fields().length).toBeGreaterThan(1)
  expect(fields()[0]).toEqual({
    message: 'one 2\n',
    host: { name: 'example-host' },
    process: { command_line: 'echo "one $((1 + 1))"; exit 3', exit_code: 3 },
  })
})

test('a command that runs on says lines, and ends with the pipeline', async () => {
  const pid = join(folder, 'pid')
  const command = `echo $$ > ${pid}; echo a; sleep 600 & wait`
  const { fields } = await startInput('pipe', { command, ecs_compatibility: 'disabled' })
  await expect.poll(() => fields()).toEqual([{ message: 'a\n', host: 'example-host', command }])
  await stopInputs()
})

test.each([{ interval: 1, schedule: '* * * * *' }, {}])('exec is asked for one schedule: %o', async (options) => {
  await expect(startInput('exec', { command: 'true', ...options })).rejects.toThrow('[exec] needs interval or schedule')
})

test('a Unix socket, as a server', async () => {
  const path = join(folder, 'server.sock')
  writeFileSync(path, 'left by somebody')
  const { fields } = await startInput('unix', { path, force_unlink: true })
  const socket = connect({ path })
  socket.end('from a program')
  await once(socket, 'close')
  await expect.poll(() => fields()).toEqual([{ message: 'from a program', host: { name: 'example-host' }, file: { path } }])
})

test('a Unix socket, as a client that waits for its server', async () => {
  const path = join(folder, 'client.sock')
  const options = { path, mode: 'client', socket_not_present_retry_interval_seconds: 0.02 }
  const { fields } = await startInput('unix', options)
  const server = createServer((socket) => socket.end('from the server')).listen({ path })
  await expect.poll(() => (fields()[0] as { message?: string } | undefined)?.message).toBe('from the server')
  server.close()
})
