import { z } from 'zod'
import { isFields, type Event, type FieldValue } from '../../core/event.ts'
import { Float } from '../../core/float.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { loadOptionalPackage } from '../optional-package.ts'
import { flag, ignored, number, text } from '../options.ts'
import { defineOutput } from '../plugin.ts'
import { Trouble } from '../trouble.ts'
import { waitOrAbort } from '../wait.ts'
import { groupEvents } from './group-events.ts'

/** As much of the package `mongodb` as is used. */
interface Package {
  readonly MongoClient: new (uri: string, options: object) => Client
  readonly ObjectId: new () => object
  readonly Long: { fromBigInt(value: bigint): object }
}

interface Client {
  connect(): Promise<unknown>
  close(): Promise<void>
  db(name: string): { collection(name: string): Collection }
}

interface Collection {
  insertMany(documents: readonly object[], options: { readonly ordered: boolean }): Promise<unknown>
}

/** What `insertMany` throws when it refused some documents and stored the others. */
interface WriteErrors {
  readonly writeErrors: readonly { readonly index: number; readonly code: number; readonly errmsg?: string }[]
}

const SELECTION_LIMIT_MS = 10_000
/** A document of this `_id` is there: it was stored before the answer was lost. Other indices are the user's. */
const OWN_DUPLICATE = /^E11000 .* index: (?:\S*\$)?_id_ /

const config = z.strictObject({
  uri: text().describe('Connection string: `mongodb://user:password@host:27017`.'),
  database: text().describe('Database.'),
  collection: text().describe('Collection, with references to fields.'),
  isodate: flag().default(false).describe('Whether `@timestamp` is a date, and not a text.'),
  generateId: flag()
    .default(false)
    .describe('Accepted: every document gets an `_id` before it is sent, so that none is stored twice.'),
  retry_delay: number({ min: 0 }).default(3).describe('Seconds until what failed is tried again.'),
  bulk: ignored('a batch of the pipeline is a batch here'),
  bulk_size: ignored('a batch of the pipeline is a batch here'),
  bulk_interval: ignored('a batch of the pipeline is a batch here'),
})

export const mongodb = defineOutput({
  name: 'mongodb',
  summary: 'Stores events as documents of MongoDB. Needs the package `mongodb`.',
  config,
  examples: [
    {
      title: 'A collection for each kind',
      config: { uri: 'mongodb://mongo.example.org:27017', database: 'plant', collection: 'readings-%{kind}', isodate: true },
    },
  ],
  defaultCodec: 'plain',
  create(options, context) {
    const { log, signal } = context
    const nameOf = compileTemplate(options.collection)
    const trouble = new Trouble(log)
    let library: Package | undefined
    let client: Client | undefined

    const insert = async (name: string, pairs: readonly (readonly [Event, object])[]): Promise<void> => {
      for (;;) {
        try {
          await client
            ?.db(options.database)
            .collection(name)
            .insertMany(
              pairs.map(([, document]) => document),
              { ordered: false },
            )
          trouble.works('writes to MongoDB')
          return
        } catch (error) {
          signal.throwIfAborted()
          if (hasWriteErrors(error)) {
            for (const { index, code, errmsg = '' } of error.writeErrors) {
              const event = pairs[index]?.[0]
              if (event !== undefined && !OWN_DUPLICATE.test(errmsg))
                await context.deadLetter(event, { type: 'mongodb_refused', reason: `${code}: ${errmsg}` })
            }
            return
          }
          trouble.tell('writing to MongoDB failed: it is tried again', error)
          await waitOrAbort(options.retry_delay * 1000, signal)
        }
      }
    }
    return {
      async start() {
        library = (await loadOptionalPackage('mongodb output', 'mongodb', '6')) as Package
        client = new library.MongoClient(options.uri, { serverSelectionTimeoutMS: SELECTION_LIMIT_MS })
      },
      async write(events) {
        if (library === undefined) throw new Error('the output is not started')
        const { ObjectId, Long } = library
        const groups = [...groupEvents(events, (event) => nameOf.print(event))]
        await Promise.all(
          groups.map(([name, some]) =>
            insert(
              name,
              some.map((event) => [event, documentOf(event, { ObjectId, Long }, options.isodate)] as const),
            ),
          ),
        )
      },
      async close() {
        await client?.close()
      },
    }
  },
})

/** Names with dots or a dollar are MongoDB's own: they get an underscore. */
function documentOf(event: Event, library: Pick<Package, 'ObjectId' | 'Long'>, isodate: boolean): object {
  const plain = (value: FieldValue | undefined): unknown => {
    if (value instanceof Float) return value.value
    if (value instanceof Timestamp) return isodate ? new Date(value.epochMillis) : value.toString()
    if (typeof value === 'bigint') return library.Long.fromBigInt(BigInt.asIntN(64, value))
    if (Array.isArray(value)) return value.map(plain)
    if (isFields(value))
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name.replaceAll(/^\$|\./g, '_'), plain(one)]))
    return value
  }
  return { _id: new library.ObjectId(), ...(plain(event.fields) as object) }
}

function hasWriteErrors(error: unknown): error is WriteErrors {
  return typeof error === 'object' && error !== null && 'writeErrors' in error && Array.isArray(error.writeErrors)
}
