import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { startInput, stopInputs } from '../test-input.ts'

/** Inputs that ask a server again and again, over real HTTP. */

const cleanUp: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await stopInputs()
  for (const step of cleanUp.splice(0)) await step()
})

/** A server that answers as it is told, and the address of it. */
async function serve(answer: (request: IncomingMessage, body: string) => string): Promise<string> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part: Buffer) => (body += part.toString()))
    request.on('end', () => response.end(answer(request, body)))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanUp.push(() => new Promise((resolve) => server.close(resolve)))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('rss: each item once, as long as it is in the feed', async () => {
  let asked = 0
  const url = await serve(() => {
    asked += 1
    const items = asked === 1 ? ['1', '2'] : ['2', '3']
    return `<rss><channel><title>News</title>${items.map((id) => `<item><guid>${id}</guid><title>T${id}</title>${id === '3' ? '' : `<description>D${id}</description>`}</item>`).join('')}</channel></rss>`
  })
  const { fields } = await startInput('rss', { url, interval: 1 })
  await expect.poll(() => asked, { timeout: 10_000 }).toBeGreaterThan(2)
  expect(fields()).toEqual([
    { message: 'D1', Feed: 'News', title: 'T1' },
    { message: 'D2', Feed: 'News', title: 'T2' },
    { Feed: 'News', title: 'T3' },
  ])
})

test('cloudwatch_logs: pages of groups, and only what came since', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'elkhorn-cloudwatch-'))
  cleanUp.push(() => rm(folder, { recursive: true }))
  const line = (id: string, timestamp: number) => ({
    eventId: id,
    timestamp,
    ingestionTime: timestamp,
    logStreamName: 's',
    message: `m${id}`,
  })
  const all = [line('a', 1000), line('b', 2000), line('c', 2000), line('d', 2000)]
  let there = 3
  const requests: string[] = []
  const endpoint = await serve(({ headers }, body) => {
    const action = String(headers['x-amz-target']).split('.')[1]
    const { startTime = 0, nextToken } = JSON.parse(body) as { startTime?: number; nextToken?: string }
    if (action === 'DescribeLogGroups') return JSON.stringify({ logGroups: [{ logGroupName: '/aws/one' }] })
    requests.push(`${startTime} ${nextToken ?? ''}`)
    const found = all.slice(0, there).filter(({ timestamp }) => timestamp >= startTime)
    return JSON.stringify(nextToken === undefined ? { events: found.slice(0, 2), nextToken: 'more' } : { events: found.slice(2) })
  })
  const options = { log_group: '/aws/', log_group_prefix: true, endpoint, interval: 1, sincedb_path: join(folder, 'since') }
  const { fields } = await startInput('cloudwatch_logs', options)
  const messages = () => fields().map((one) => (one as { message: string }).message)
  await expect.poll(messages).toEqual(['ma', 'mb', 'mc'])
  there = 4
  await expect.poll(messages, { timeout: 10_000 }).toEqual(['ma', 'mb', 'mc', 'md'])
  expect(requests.slice(0, 4)).toEqual(['0 ', '0 more', '2000 ', '2000 more'])
  expect(fields()[3]).toEqual({
    '@timestamp': '1970-01-01T00:00:02.000Z',
    message: 'md',
    cloudwatch_logs: { event_id: 'd', ingestion_time: '1970-01-01T00:00:02.000Z', log_group: '/aws/one', log_stream: 's' },
  })
  const kept = async (): Promise<unknown> => JSON.parse(await readFile(join(folder, 'since'), 'utf8'))
  await expect.poll(kept).toEqual({ '/aws/one': { at: 2000, ids: ['b', 'c', 'd'] } })
})
