import { readFile, mkdir } from 'node:fs/promises'
import { createWriteStream } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { pipeline as connectStreams } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { z } from 'zod'
import { replaceDurably } from '../../core/durable-files.ts'
import type { Event, Fields } from '../../core/event.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { handOver } from '../hand-over.ts'
import { flag, ignored, integer, path, text } from '../options.ts'
import { defineInput, type EventSink } from '../plugin.ts'
import { openS3Bucket, s3Options, type S3Bucket } from '../s3-bucket.ts'
import { runScheduled } from '../schedule.ts'
import { Trouble } from '../trouble.ts'
import { LineReader } from './line-reader.ts'

const config = z.strictObject({
  ...s3Options,
  prefix: text().default('').describe('Only objects whose names begin with it are read.'),
  interval: integer({ min: 1 }).default(60).describe('Seconds from one look at the bucket to the next.'),
  watch_for_new_files: flag().default(true).describe('Whether it is looked at more than once.'),
  exclude_pattern: text().optional().describe('Expression of names that are not read.'),
  gzip_pattern: text().default('\\.gz(ip)?$').describe('Expression of names of compressed objects.'),
  delete: flag().default(false).describe('Whether objects are deleted when their events are stored.'),
  sincedb_path: path().optional().describe('File that keeps which objects were read. One in the folder of data when absent.'),
  include_object_properties: flag()
    .default(false)
    .describe('Whether size, time and tag of the object go along, in `[@metadata][s3]`.'),
  backup_to_bucket: text().optional().describe('Bucket that objects are copied to when their events are stored.'),
  backup_add_prefix: text().default('').describe('What the names of those copies begin with.'),
  backup_to_dir: path().optional().describe('Folder that objects are written to when their events are stored.'),
  ecs_compatibility: ecsCompatibility(),
  temporary_directory: ignored('objects are read as they come'),
})

type Options = z.output<typeof config>

/** An object of the bucket, as its list tells it. */
interface StoredObject {
  readonly key: string
  /** As the server writes it: ISO 8601, which sorts as text. */
  readonly modified: string
  readonly size: number
  readonly etag: string
}

/** Up to when objects were read, and which of that last moment. */
interface Position {
  readonly modified: string
  readonly keys: readonly string[]
}

export const s3 = defineInput({
  name: 's3',
  summary: 'Reads the objects of a bucket of S3 or a server that speaks it, oldest first, and each once its events are stored.',
  config,
  examples: [
    {
      title: 'Logs that a load balancer leaves',
      config: { bucket: 'logs', prefix: 'elb/', region: 'eu-central-1', interval: 120 },
    },
  ],
  defaultCodec: 'plain',
  create(options, { clock, codec, dataDir, log }) {
    const file = options.sincedb_path ?? join(dataDir, 'objects.json')
    const exclude = options.exclude_pattern === undefined ? undefined : new RegExp(options.exclude_pattern)
    const compressed = new RegExp(options.gzip_pattern)
    const trouble = new Trouble(log, { bucket: options.bucket })
    let running: { stop(): Promise<void> } | undefined
    let position: Position = { modified: '', keys: [] }

    /** Resolves when its events are stored, to what is wrong with the object itself: it is the same the next time. */
    const read = async (
      bucket: S3Bucket,
      object: StoredObject,
      sink: EventSink,
      signal: AbortSignal,
    ): Promise<Error | undefined> => {
      const { body } = await bucket.ofObject(object.key, { signal })
      if (body === null) return undefined
      const reader = new LineReader(codec)
      const about: Fields = {
        key: object.key,
        ...(options.include_object_properties && {
          content_length: object.size,
          last_modified: object.modified,
          etag: object.etag,
        }),
      }
      const stored: Promise<void>[] = []
      const hand = async (events: readonly Event[]): Promise<void> => {
        for (const event of events) event.metadata['s3'] = { ...about }
        const given = handOver(sink, events)
        stored.push(given.stored)
        if (!given.welcome) await sink.ready(signal)
        signal.throwIfAborted()
      }
      const take = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
        for await (const chunk of chunks) await hand(reader.push(chunk))
        await hand(reader.end())
      }
      const bytes = Readable.fromWeb(body as never)
      let wrong: Error | undefined
      try {
        if (compressed.test(object.key)) await connectStreams(bytes, createGunzip(), take)
        else await connectStreams(bytes, take)
      } catch (error) {
        if (!isGzipError(error)) throw error
        wrong = error
      }
      await Promise.all(stored)
      return wrong
    }
    const look = async (bucket: S3Bucket, sink: EventSink, signal: AbortSignal): Promise<void> => {
      const objects = (await list(options.prefix, (query) => bucket.ofBucket(query, { signal }))).filter(
        ({ key, modified, size }) =>
          size > 0 &&
          exclude?.test(key) !== true &&
          (modified > position.modified || (modified === position.modified && !position.keys.includes(key))),
      )
      for (const object of objects.toSorted((a, b) => (a.modified < b.modified ? -1 : a.modified > b.modified ? 1 : 0))) {
        const { key, modified } = object
        const wrong = await read(bucket, object, sink, signal)
        position = { modified, keys: modified === position.modified ? [...position.keys, key] : [key] }
        await mkdir(dirname(file), { recursive: true })
        await replaceDurably(file, JSON.stringify(position))
        if (wrong !== undefined) {
          log.error(
            { bucket: options.bucket, key, error: wrong.message },
            'an object cannot be decompressed: the rest of it is left out',
          )
          continue
        }
        await backUp(bucket, key, options, signal)
        if (options.delete) await bucket.ofObject(key, { method: 'DELETE', signal })
      }
    }
    return {
      async start(sink) {
        const bucket = await openS3Bucket(options)
        position = await loadPosition(file)
        const plan = options.watch_for_new_files ? { kind: 'every' as const, everyMs: options.interval * 1000 } : undefined
        running = runScheduled(plan, clock, async (signal) => {
          try {
            await look(bucket, sink, signal)
            trouble.works('reads the bucket')
          } catch (error) {
            if (!signal.aborted) trouble.tell('the bucket could not be read', error)
          }
        })
      },
      async stop() {
        await running?.stop()
      },
    }
  },
})

/** What was compressed is cut or damaged. */
function isGzipError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && (error.code === 'Z_DATA_ERROR' || error.code === 'Z_BUF_ERROR')
}

/** Keeps what was read elsewhere, as the options say. */
async function backUp(
  bucket: S3Bucket,
  key: string,
  { bucket: name, backup_to_bucket: other, backup_add_prefix: prefix, backup_to_dir: folder }: Options,
  signal: AbortSignal,
): Promise<void> {
  if (folder !== undefined) {
    const file = join(folder, basename(key))
    const { body } = await bucket.ofObject(key, { signal })
    await mkdir(folder, { recursive: true })
    if (body !== null) await connectStreams(Readable.fromWeb(body as never), createWriteStream(file))
  }
  if (other === undefined) return
  const headers = { 'x-amz-copy-source': `/${encodeURIComponent(name)}/${key.split('/').map(encodeURIComponent).join('/')}` }
  await bucket.sibling(other).ofObject(`${prefix}${key}`, { method: 'PUT', headers, signal })
}

/** All objects below a prefix, page by page. */
async function list(prefix: string, ask: (query: string) => Promise<Response>): Promise<readonly StoredObject[]> {
  const { XMLParser } = await import('fast-xml-parser')
  const parser = new XMLParser({ parseTagValue: false, isArray: (name) => name === 'Contents' })
  const objects: StoredObject[] = []
  for (let token: string | undefined; ;) {
    const query = new URLSearchParams({ 'list-type': '2', prefix, ...(token !== undefined && { 'continuation-token': token }) })
    const page = listSchema.parse(parser.parse(await (await ask(query.toString())).text())).ListBucketResult
    for (const one of page.Contents)
      objects.push({
        key: one.Key,
        modified: one.LastModified,
        size: Number(one.Size),
        etag: one.ETag.replaceAll(/"|&quot;/g, ''),
      })
    token = page.NextContinuationToken
    if (token === undefined) return objects
  }
}

const listSchema = z.object({
  ListBucketResult: z.object({
    Contents: z
      .array(z.object({ Key: z.string(), LastModified: z.string(), Size: z.string(), ETag: z.string().default('') }))
      .default([]),
    NextContinuationToken: z.string().optional(),
  }),
})

async function loadPosition(file: string): Promise<Position> {
  try {
    return z.object({ modified: z.string(), keys: z.array(z.string()) }).parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { modified: '', keys: [] }
    throw new Error(`[${file}] does not say which objects were read: remove it to read all of them`, { cause: error })
  }
}
