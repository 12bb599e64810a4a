import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createEvent } from '../core/event.ts'
import { codecs } from './codecs/index.ts'
import { sqs } from './outputs/sqs.ts'
import { testContext } from './test-context.ts'
import { startInput, stopInputs } from './test-input.ts'

// The input and the output against a server that speaks as SQS does: names, shapes and what becomes of messages.

const cleanUp: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await stopInputs()
  for (const step of cleanUp.splice(0)) await step()
})

interface Entry {
  readonly Id: string
  readonly MessageBody?: string
  readonly ReceiptHandle?: string
}

/** A queue whose messages are received again until they are deleted. `refuse` answers the code of a failure. */
async function serveQueue(refuse: (body: string, attempt: number) => string | undefined = () => undefined) {
  const messages: string[] = []
  const batches: number[] = []
  let attempt = 0
  const answer = (action: string, request: { readonly QueueName?: string; readonly Entries?: readonly Entry[] }): unknown => {
    if (action === 'GetQueueUrl') return { QueueUrl: `http://queue/${request.QueueName ?? ''}` }
    if (action === 'ReceiveMessage') {
      const found = messages.slice(0, 10).map((Body) => ({
        MessageId: `id-${Body}`,
        ReceiptHandle: Body,
        Body,
        MD5OfBody: 'm',
        Attributes: { SentTimestamp: '1714557600000' },
      }))
      return found.length === 0 ? {} : { Messages: found }
    }
    const entries = request.Entries ?? []
    batches.push(entries.length)
    attempt += 1
    const Failed = []
    for (const { Id, MessageBody, ReceiptHandle } of entries) {
      const code = MessageBody === undefined ? undefined : refuse(MessageBody, attempt)
      if (code !== undefined) Failed.push({ Id, SenderFault: code === 'InvalidMessageContents', Code: code })
      else if (MessageBody !== undefined) messages.push(MessageBody)
      else if (ReceiptHandle !== undefined) messages.splice(messages.indexOf(ReceiptHandle), 1)
    }
    return { Successful: [], Failed }
  }
  const server = createServer((request, response) => {
    void request.toArray().then((parts: Buffer[]) => {
      const action = String(request.headers['x-amz-target']).replace('AmazonSQS.', '')
      const signed = String(request.headers.authorization).startsWith('AWS4-HMAC-SHA256 Credential=KEY/')
      const said = answer(action, JSON.parse(Buffer.concat(parts).toString()) as object)
      response.writeHead(signed ? 200 : 403).end(JSON.stringify(said))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanUp.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { messages, batches, options: { queue: 'readings', endpoint, access_key_id: 'KEY', secret_access_key: 'SECRET' } }
}

test('a message is deleted when its events are stored, and not before', async () => {
  const { messages, options } = await serveQueue()
  messages.push('one')
  const { fields, events, outcome } = await startInput('sqs', {
    ...options,
    id_field: '[@metadata][id]',
    sent_timestamp_field: 'sent',
  })
  outcome.error = new Error('the store is gone')
  await expect.poll(() => fields().length).toBeGreaterThan(1)
  expect(fields()[0]).toEqual({ message: 'one', sent: '2024-05-01T10:00:00.000Z' })
  expect(events[0]?.metadata['id']).toBe('id-one')
  outcome.error = undefined
  await expect.poll(() => messages).toEqual([])
})

test('messages are sent ten by ten; what is refused for now again, what is refused for good and what is too large not', async () => {
  const { messages, batches, options } = await serveQueue((body, attempt) =>
    body.includes('"n":3')
      ? 'InvalidMessageContents'
      : body.includes('"n":5') && attempt === 1
        ? 'ServiceUnavailable'
        : undefined,
  )
  const json = codecs.find(({ name }) => name === 'json')
  if (json === undefined) throw new Error('no codec json')
  const letters: string[] = []
  const output = sqs.create(sqs.config.parse({ ...options, message_max_size: 100 }), {
    ...testContext(),
    codec: json.create(json.config.parse({}), testContext()),
    signal: new AbortController().signal,
    deadLetter: (event, { reason }) => Promise.resolve(void letters.push(`${JSON.stringify(event.fields['n'])} ${reason}`)),
  })
  await output.write([...Array.from({ length: 12 }, (_, n) => createEvent({ n })), createEvent({ n: 'x'.repeat(200) })])
  expect(batches).toEqual([10, 1, 2])
  expect(messages.map((body) => (JSON.parse(body) as { n: number }).n)).toEqual([0, 1, 2, 4, 6, 7, 8, 9, 5, 10, 11])
  expect(letters).toEqual([expect.stringContaining('208 bytes are more than 100'), '3 InvalidMessageContents: '])
})
