import { expect, test } from 'vitest'
import { parseMessage, printMessage, printStatusMessage } from './messages.ts'

test('what is printed is parsed', () => {
  expect(parseMessage(printMessage(Buffer.from('abc')), 3)).toEqual({ compressed: false, bytes: Buffer.from('abc') })
  expect(parseMessage(Buffer.from('010000000161', 'hex'), 3)).toEqual({ compressed: true, bytes: Buffer.from('a') })
  expect(parseMessage(printMessage(Buffer.alloc(0)), 3)).toEqual({ compressed: false, bytes: Buffer.alloc(0) })
})

test.each([
  { name: 'nothing', hex: '', status: 13 },
  { name: 'half a prefix', hex: '000000', status: 13 },
  { name: 'half a message', hex: '000000000261', status: 13 },
  { name: 'a flag of tomorrow', hex: '020000000161', status: 13 },
  { name: 'a message that is too long, before it is there', hex: '0000000004', status: 8 },
  { name: 'four gigabytes', hex: '00ffffffff', status: 8 },
  { name: 'a second message', hex: '000000000161000000000162', status: 12 },
])('$name is refused', ({ hex, status }) => {
  expect(() => parseMessage(Buffer.from(hex, 'hex'), 3)).toThrow(expect.objectContaining({ status }))
})

test.each([
  { text: 'it is full', want: 'it is full' },
  { text: '100 %\né', want: '100 %25%0A%C3%A9' },
])('the message of a status: $text', ({ text, want }) => {
  expect(printStatusMessage(text)).toBe(want)
})
