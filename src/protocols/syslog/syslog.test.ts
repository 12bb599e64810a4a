import { expect, test } from 'vitest'
import { SyslogFrames } from './framing.ts'
import { parseSyslog } from './message.ts'

const nothing = { messageId: undefined, version: undefined, structuredData: undefined }

test.each([
  {
    name: 'RFC 3164 §5.4 example 1',
    line: "<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8",
    want: {
      ...nothing,
      format: 'rfc3164',
      priority: 34,
      timestamp: 'Oct 11 22:14:15',
      hostname: 'mymachine',
      program: 'su',
      processId: undefined,
      text: "'su root' failed for lonvick on /dev/pts/8",
    },
  },
  {
    name: 'a day of one digit, a process id',
    line: '<13>Feb  5 17:32:18 10.0.0.99 sshd[42]: Accepted password',
    want: {
      ...nothing,
      format: 'rfc3164',
      priority: 13,
      timestamp: 'Feb  5 17:32:18',
      hostname: '10.0.0.99',
      program: 'sshd',
      processId: '42',
      text: 'Accepted password',
    },
  },
  {
    name: 'no host name',
    line: '<30>Feb  5 17:32:18 dhcpd[1]: lease',
    want: {
      ...nothing,
      format: 'rfc3164',
      priority: 30,
      timestamp: 'Feb  5 17:32:18',
      hostname: undefined,
      program: 'dhcpd',
      processId: '1',
      text: 'lease',
    },
  },
  {
    name: 'a time of ISO 8601, as rsyslog forwards it',
    line: '<6>2024-05-01T10:00:00.123456+02:00 web-1 kernel: up',
    want: {
      ...nothing,
      format: 'rfc3164',
      priority: 6,
      timestamp: '2024-05-01T10:00:00.123456+02:00',
      hostname: 'web-1',
      program: 'kernel',
      processId: undefined,
      text: 'up',
    },
  },
  {
    name: 'only a priority (RFC 3164 §4.3.2)',
    line: '<14>something happened',
    want: {
      ...nothing,
      format: 'rfc3164',
      priority: 14,
      timestamp: undefined,
      hostname: undefined,
      program: undefined,
      processId: undefined,
      text: 'something happened',
    },
  },
  {
    name: 'RFC 5424 §6.5 example 1, with its byte order mark',
    line: "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \ufeff'su root' failed",
    want: {
      format: 'rfc5424',
      priority: 34,
      version: 1,
      timestamp: '2003-10-11T22:14:15.003Z',
      hostname: 'mymachine.example.com',
      program: 'su',
      processId: undefined,
      messageId: 'ID47',
      structuredData: undefined,
      text: "'su root' failed",
    },
  },
  {
    name: 'RFC 5424 §6.5 example 4: structured data and no text',
    line: '<165>1 2003-10-11T22:14:15.003Z h evntslog 7 ID47 [exampleSDID@32473 iut="3" eventSource="App\\"l\\]"][p@32473 class="high"]',
    want: {
      format: 'rfc5424',
      priority: 165,
      version: 1,
      timestamp: '2003-10-11T22:14:15.003Z',
      hostname: 'h',
      program: 'evntslog',
      processId: '7',
      messageId: 'ID47',
      structuredData: { 'exampleSDID@32473': { iut: '3', eventSource: 'App"l]' }, 'p@32473': { class: 'high' } },
      text: '',
    },
  },
  { name: 'no syslog', line: 'hello', want: undefined },
  { name: 'a priority beyond 191', line: '<192>Oct 11 22:14:15 h a: b', want: undefined },
])('$name', ({ line, want }) => {
  expect(parseSyslog(line)).toEqual(want)
})

test.each([1, 2, 5, 1000])('messages counted by octets and ended by lines alternate, in pieces of %i bytes', (step) => {
  const stream = Buffer.from('<1>one\n9 <2>two\n++<3>three\r\n\n8 <4>four\n12 <5>över five<6>six')
  const frames = new SyslogFrames()
  const got: string[] = []
  for (let at = 0; at < stream.length; at += step)
    got.push(...frames.push(stream.subarray(at, at + step)).map((frame) => frame.toString()))
  got.push(...frames.end().map((frame) => frame.toString()))
  expect(got).toEqual(['<1>one', '<2>two\n++', '<3>three', '<4>four', '<5>över fiv', 'e<6>six'])
})
