import { expect, test } from 'vitest'
import { createEvent } from '../core/event.ts'
import { Float } from '../core/float.ts'
import { Timestamp } from '../core/timestamp.ts'
import { compileTemplate } from './sprintf.ts'

const event = createEvent(
  {
    '@timestamp': new Timestamp(Date.UTC(2024, 4, 1, 10, 2, 3, 45)),
    name: 'press',
    number: 5,
    float: new Float(20),
    big: 12345678901234567890n,
    yes: true,
    nothing: null,
    list: ['a', 1, ['b']],
    object: { a: [1], b: new Float(2) },
    outer: { inner: 'deep', list: [{ x: 'y' }] },
    'device.id': 'flat',
    device: { id: 'nested', type: 'temp' },
  },
  { topic: 'a/b' },
)

test.each([
  { template: 'no reference', want: 'no reference' },
  { template: '%{name}', want: 'press' },
  { template: 'a %{name} b %{number}!', want: 'a press b 5!' },
  { template: '%{float} %{big} %{yes}', want: '20.0 12345678901234567890 true' },
  { template: '%{list}', want: 'a,1,b' },
  { template: '%{object}', want: '{"a":[1],"b":2.0}' },
  { template: '%{[outer][inner]} %{[outer][list][0][x]}', want: 'deep y' },
  { template: '%{[@metadata][topic]}', want: 'a/b' },
  { template: '%{@timestamp}', want: '2024-05-01T10:02:03.045Z' },
  { template: 'iot-%{+YYYY.MM.dd}', want: 'iot-2024.05.01' },
  { template: '%{+HH:mm:ss.SSS}', want: '10:02:03.045' },
  { template: '%{+xxxx.ww}', want: '2024.18' },
  { template: '%{{yyyy-MM-dd}}T', want: '2024-05-01T' },
  { template: "%{{YYYY-'W'ww}}", want: '2024-W18' },
  { template: '%{+%s}', want: '1714557723' },
  { template: '%{device.id} %{[device.id]} %{device.type}', want: 'flat flat temp' },
  { template: '%{[device][id]}', want: 'nested' },
  { template: '%{absent} %{[a][b]} %{nothing}', want: '%{absent} %{[a][b]} %{nothing}' },
  { template: 'open %{ end', want: 'open %{ end' },
  { template: '%{constructor} %{__proto__} %{[outer][toString]}', want: '%{constructor} %{__proto__} %{[outer][toString]}' },
])('$template', ({ template, want }) => {
  expect(compileTemplate(template).print(event)).toBe(want)
})

test('the text of a day is kept for that day only', () => {
  const template = compileTemplate('%{+YYYY.MM.dd}')
  const at = (millis: number) => template.print(createEvent({ '@timestamp': new Timestamp(millis) }))
  expect([at(0), at(86_399_999), at(86_400_000), at(-1)]).toEqual(['1970.01.01', '1970.01.01', '1970.01.02', '1969.12.31'])
})

test('without a timestamp dates print nothing', () => {
  expect(compileTemplate('x-%{+YYYY}').print(createEvent({}))).toBe('x-')
})
