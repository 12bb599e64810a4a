import { expect, test } from 'vitest'
import type { Log } from '../core/log.ts'
import { Trouble } from './trouble.ts'

function listening(): { readonly log: Log; readonly lines: unknown[] } {
  const lines: unknown[] = []
  const say = (level: string) => (fields: object, message: string) => void lines.push([level, message, fields])
  const log: Log = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error'), child: () => log }
  return { log, lines }
}

test('a reason is told once, until it works again', () => {
  const { log, lines } = listening()
  const trouble = new Trouble(log, { host: 'db' })
  trouble.works('reads')
  trouble.works('reads')
  for (let i = 0; i < 3; i++) trouble.tell('no connection', new Error('refused'))
  trouble.tell('no connection', new AggregateError([new Error('no route'), new Error('refused')]), { attempt: 4 })
  trouble.tell('no connection', new Error('refused'))
  trouble.tell('the connection broke', 'refused')
  trouble.works('reads')
  trouble.tell('no connection', new Error('refused'))
  expect(lines).toEqual([
    ['info', 'reads', { host: 'db' }],
    ['warn', 'no connection', { host: 'db', error: 'refused' }],
    ['warn', 'no connection', { host: 'db', attempt: 4, error: 'no route' }],
    ['warn', 'the connection broke', { host: 'db', error: 'refused' }],
    ['info', 'reads', { host: 'db' }],
    ['warn', 'no connection', { host: 'db', error: 'refused' }],
  ])
})

test('reasons that are never the same do not fill the log', () => {
  const { log, lines } = listening()
  const trouble = new Trouble(log)
  for (let i = 0; i < 1_000; i++) trouble.tell('no answer', new Error(`request ${i} failed`))
  expect(lines).toHaveLength(100)
})
