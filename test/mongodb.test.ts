import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEvent, type Event } from '../src/core/event.ts'
import { float } from '../src/core/float.ts'
import { Timestamp } from '../src/core/timestamp.ts'
import { codecs } from '../src/plugins/codecs/index.ts'
import { mongodb } from '../src/plugins/outputs/mongodb.ts'
import type { Output } from '../src/plugins/plugin.ts'
import { testContext } from '../src/plugins/test-context.ts'
import { findOnMaven } from './support/maven.ts'

// The output against `mongo-java-server`, which speaks MongoDB's protocol: there is no package of MongoDB itself.

const classpath = await findOnMaven('de.bwaldvogel', 'mongo-java-server', '1.47.0')
if (classpath === undefined) process.stderr.write('skipped: mongo-java-server could not be had from Maven\n')

const SERVER = `public class Server { public static void main(String[] a) throws Exception {
  var server = new de.bwaldvogel.mongo.MongoServer(new de.bwaldvogel.mongo.backend.memory.MemoryBackend());
  System.out.println("port " + server.bind().getPort()); Thread.sleep(Long.MAX_VALUE); } }`

describe.skipIf(classpath === undefined)('a server that speaks as MongoDB', () => {
  const folder = mkdtempSync(join(tmpdir(), 'elkhorn-mongodb-'))
  let server: ChildProcess
  let uri = ''
  const letters: Event[] = []
  const stopped = new AbortController()
  beforeAll(async () => {
    writeFileSync(join(folder, 'Server.java'), SERVER)
    server = spawn('java', ['-Xmx100m', '-cp', classpath ?? '', join(folder, 'Server.java')], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    for await (const line of createInterface({ input: server.stdout ?? Readable.from([]) })) {
      const port = /^port (\d+)$/.exec(line)?.[1]
      if (port === undefined) continue
      uri = `mongodb://127.0.0.1:${port}`
      break
    }
  }, 70_000)
  afterAll(() => {
    stopped.abort(new Error('the test is over'))
    server.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  async function open(options: object): Promise<Output> {
    const plain = codecs.find(({ name }) => name === 'plain')
    if (plain === undefined) throw new Error('no codec plain')
    const output = mongodb.create(mongodb.config.parse({ uri, database: 'plant', ...options }), {
      ...testContext(),
      codec: plain.create(plain.config.parse({}), testContext()),
      signal: stopped.signal,
      deadLetter: (event) => {
        letters.push(event)
        return Promise.resolve()
      },
    })
    await output.start?.()
    return output
  }

  test('events become documents, of a collection for each kind', async () => {
    const output = await open({ collection: '%{kind}', isodate: true })
    const at = new Timestamp(Date.UTC(2024, 4, 1))
    await output.write([
      createEvent({ kind: 'a', n: 1, big: 9_007_199_254_740_993n, t: float(2), 'x.y': { $z: [null, true] }, '@timestamp': at }),
      createEvent({ kind: 'b', n: 2 }),
    ])
    const client = new MongoClient(uri, { promoteLongs: false })
    const found = await client.db('plant').collection('a').find().toArray()
    expect(found).toMatchObject([{ kind: 'a', n: 1, t: 2, x_y: { _z: [null, true] }, '@timestamp': new Date('2024-05-01') }])
    expect(String(found[0]?.['big'])).toBe('9007199254740993')
    expect(await client.db('plant').collection('b').countDocuments()).toBe(1)
    await client.close()
    await output.close?.()
  })

  test('what is refused becomes a dead letter, and the rest is stored', async () => {
    const client = new MongoClient(uri)
    await client.db('plant').collection('unique').createIndex({ n: 1 }, { unique: true })
    const output = await open({ collection: 'unique' })
    await output.write([createEvent({ n: 1 }), createEvent({ n: 1 }), createEvent({ n: 2 })])
    expect(await client.db('plant').collection('unique').countDocuments()).toBe(2)
    await client.close()
    await output.close?.()
    expect(letters.map(({ fields }) => fields['n'])).toEqual([1])
  })
})
