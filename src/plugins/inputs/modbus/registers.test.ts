import { expect, test } from 'vitest'
import { fieldText } from '../../../core/event-json.ts'
import { parseRegister, readNumber, spansOf } from './registers.ts'

const spans = (...written: string[]) =>
  spansOf(written.map((text) => parseRegister(text, text))).map(({ table, address, count }) => `${table} ${address}+${count}`)

test.each([
  { written: ['holding:0', 'holding:1', 'holding:2:float32'], want: ['holding 0+4'] },
  { written: ['holding:5', 'holding:0'], want: ['holding 0+1', 'holding 5+1'] },
  { written: ['holding:0', 'input:1', 'coil:1', 'discrete:1'], want: ['coil 1+1', 'discrete 1+1', 'holding 0+1', 'input 1+1'] },
  { written: ['input:0:uint32', 'input:1', 'input:2'], want: ['input 0+3'] },
  { written: Array.from({ length: 130 }, (_, n) => `holding:${n}`), want: ['holding 0+125', 'holding 125+5'] },
  { written: Array.from({ length: 130 }, (_, n) => `coil:${n}`), want: ['coil 0+130'] },
])('$want', ({ written, want }) => {
  expect(spans(...written)).toEqual(want)
})

test.each([
  { type: 'int16', hex: 'fffe', want: '-2' },
  { type: 'uint16', hex: 'fffe', want: '65534' },
  { type: 'int32', hex: 'fffffffe', want: '-2' },
  { type: 'uint32', hex: '00010002', want: '65538' },
  { type: 'uint32', hex: '00020001', little: true, want: '65538' },
  { type: 'int64', hex: 'fffffffffffffffe', want: '-2' },
  { type: 'uint64', hex: 'ffffffffffffffff', want: '18446744073709551615' },
  { type: 'float32', hex: '41b40000', want: '22.5' },
  { type: 'float32', hex: '000041b4', little: true, want: '22.5' },
  { type: 'float32', hex: '7fc00000', want: 'NaN' },
  { type: 'float64', hex: '4036800000000000', want: '22.5' },
  { type: 'float64', hex: '0000000080004036', little: true, want: '22.5' },
  { type: 'int16:0.1', hex: '00e1', want: '22.5' },
])('$type $hex is $want', ({ type, hex, little = false, want }) => {
  const register = parseRegister('f', `holding:7:${type}`)
  const span = { table: 'holding', address: 7, count: hex.length / 4, registers: [register] } as const
  expect(fieldText(readNumber(register, span, Buffer.from(hex, 'hex'), little))).toBe(want)
})

test.each([
  { text: 'holdin:1', want: 'expected coil, discrete, input or holding' },
  { text: 'holding:70000', want: 'expected an address from 0 to 65535, given [70000]' },
  { text: 'holding:1:float', want: 'expected one of int16, uint16' },
  { text: 'holding:1:int16:x', want: 'expected a number to multiply by, given [x]' },
  { text: 'coil:1:int16', want: 'expected table:address' },
  { text: 'holding:1:int16:1:1', want: 'expected table:address:type:scale' },
])('$text is refused', ({ text, want }) => {
  expect(() => parseRegister('f', text)).toThrow(`registers: [f => "${text}"]: ${want}`)
})
