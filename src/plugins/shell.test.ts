import { once } from 'node:events'
import { expect, test } from 'vitest'
import { createEvent } from '../core/event.ts'
import { compileShellCommand, startShell } from './shell.ts'

const evil = `a b"; echo c; '$(echo d)' \\ \`echo e\` * $HOME`

test.each([
  { written: 'printf "%%s" %{m}', want: evil },
  { written: 'printf "%%s" "x%{m}y"', want: `x${evil}y` },
  { written: "printf '%%s' 'x%{m}y'", want: `x${evil}y` },
  { written: `printf '%%s' "it's "%{m}`, want: `it's ${evil}` },
  { written: String.raw`printf '%%s' "\"%{m}\""`, want: `"${evil}"` },
])('what an event holds is no script: $written', async ({ written, want }) => {
  const command = compileShellCommand(written.replaceAll('%%', '%'))
  const child = startShell(command(createEvent({ m: evil })), ['ignore', 'pipe', 'inherit'])
  let said = ''
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await once(child, 'close')
  expect(said).toBe(want)
})
