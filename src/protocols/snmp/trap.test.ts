import { expect, test } from 'vitest'
import { decodeTrap } from './trap.ts'

/** A trap of version 2c with one variable, as Net-SNMP sends it. */
const TRAP =
  '3038020101040670 75626c6963a72b020101020100020100302030 0e06082b06010201010300 43021388300e060a2b060106030101040100 0600'.replaceAll(
    ' ',
    '',
  )

test('what is cut anywhere is refused, and never more', () => {
  const whole = Buffer.from(TRAP, 'hex')
  for (let length = 0; length < whole.length; length++) expect(() => decodeTrap(whole.subarray(0, length))).toThrow(/SNMP|whole/)
})

test.each([
  { name: 'version 3', hex: '3003020103', message: 'version 3 is not spoken' },
  { name: 'a request', hex: '300d02010104067075626c6963a000', message: 'a message of type 0xa0 is no trap' },
  { name: 'a length of 4 GB', hex: '3084ffffffff', message: 'not there as a whole' },
  { name: 'text', hex: '68656c6c6f', message: 'not there as a whole' },
])('$name', ({ hex, message }) => {
  expect(() => decodeTrap(Buffer.from(hex, 'hex'))).toThrow(message)
})
