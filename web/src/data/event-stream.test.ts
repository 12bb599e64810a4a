import { expect, test } from 'vitest'
import { readEvents } from './event-stream.ts'

async function eventsOf(...chunks: string[]): Promise<unknown[]> {
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk))
      controller.close()
    },
  })
  const events: unknown[] = []
  for await (const event of readEvents(stream)) events.push(event)
  return events
}

test.each([
  { name: 'an event', chunks: ['id: a\nevent: hits\ndata: {"x":1}\n\n'], want: [{ event: 'hits', data: '{"x":1}', id: 'a' }] },
  {
    name: 'cut anywhere',
    chunks: ['id: a\nev', 'ent: hits\nda', 'ta: 1\n', '\n'],
    want: [{ event: 'hits', data: '1', id: 'a' }],
  },
  {
    name: 'several, the second without an id',
    chunks: ['id: a\nevent: x\ndata: 1\n\nevent: y\ndata: 2\n\n'],
    want: [
      { event: 'x', data: '1', id: 'a' },
      { event: 'y', data: '2', id: undefined },
    ],
  },
  { name: 'one that broke off is not given out', chunks: ['event: x\ndata: 1\n'], want: [] },
])('$name', async ({ chunks, want }) => {
  expect(await eventsOf(...chunks)).toEqual(want)
})
