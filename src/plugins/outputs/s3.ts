import { z } from 'zod'
import { reasonOf } from '../../core/reason.ts'
import { bytes, choice, flag, ignored, number, path, text } from '../options.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { defineOutput } from '../plugin.ts'
import { Trouble } from '../trouble.ts'
import { openS3Bucket, s3Options, type S3Bucket } from '../s3-bucket.ts'
import { waitOrAbort } from '../wait.ts'
import { groupEvents } from './group-events.ts'
import { SpoolFolder, type SpoolFile } from './spool.ts'

const FIRST_WAIT_MS = 1_000
const MAX_WAIT_MS = 60_000
const LOOK_EVERY_MS = 1_000

const config = z.strictObject({
  ...s3Options,
  prefix: text().default('').describe('Beginning of the names of objects, with references; `/` makes folders.'),
  encoding: choice('none', 'gzip').default('none').describe('Whether objects are compressed.'),
  rotation_strategy: choice('size_and_time', 'size', 'time').default('size_and_time').describe('What ends an object.'),
  size_file: bytes()
    .default(5 * 1024 * 1024)
    .describe('Size at which an object is ended.'),
  time_file: number({ min: 0 }).default(15).describe('Minutes after which an object is ended.'),
  temporary_directory: path().optional().describe('Folder of what is not uploaded yet. In the data folder when absent.'),
  restore: flag().default(true).describe('Accepted: what a stop left behind is always uploaded.'),
  canned_acl: text().optional().describe('Who may read the objects.'),
  storage_class: text().optional().describe('Storage class of the objects.'),
  server_side_encryption: flag().default(false).describe('Whether the server encrypts.'),
  server_side_encryption_algorithm: text().default('AES256').describe('How.'),
  ssekms_key_id: text().optional().describe('With which key.'),
  validate_credentials_on_root_bucket: flag().default(true).describe('Whether the start asks for the bucket.'),
  retry_count: ignored('an upload is tried until it works'),
  retry_delay: ignored('waits get longer by themselves'),
  upload_queue_size: ignored('uploads follow each other'),
  upload_workers_count: ignored('uploads follow each other'),
  upload_multipart_threshold: ignored('objects are sent whole'),
  signature_version: ignored('requests are signed by version 4'),
  tags: ignored('tags go into the names of objects'),
})

export const s3 = defineOutput({
  name: 's3',
  summary:
    'Collects events in files and uploads these to S3 or a server that speaks it. An event is safe when its file is synced here; what a stop leaves behind is uploaded later.',
  config,
  examples: [
    {
      title: 'MinIO',
      config: { endpoint: 'http://minio:9000', bucket: 'readings', prefix: '%{+YYYY}/%{+MM}/', codec: 'json_lines' },
    },
  ],
  defaultCodec: 'line',
  create(options, context) {
    const { codec, clock, dataDir, log, signal } = context
    const prefix = compileTemplate(options.prefix)
    const spool = new SpoolFolder(options.temporary_directory ?? `${dataDir}/spool`)
    const maxAgeMs = options.rotation_strategy === 'size' ? Infinity : options.time_file * 60_000
    const maxBytes = options.rotation_strategy === 'time' ? Infinity : options.size_file
    const stopped = new AbortController()
    const trouble = new Trouble(log, { bucket: options.bucket })
    let bucket: S3Bucket | undefined
    let timer: NodeJS.Timeout | undefined
    let uploading: Promise<void> = Promise.resolve()

    const headers = {
      'content-type': 'application/octet-stream',
      ...(options.encoding === 'gzip' && { 'content-encoding': 'gzip' }),
      ...(options.canned_acl !== undefined && { 'x-amz-acl': options.canned_acl }),
      ...(options.storage_class !== undefined && { 'x-amz-storage-class': options.storage_class }),
      ...(options.server_side_encryption && { 'x-amz-server-side-encryption': options.server_side_encryption_algorithm }),
      ...(options.ssekms_key_id !== undefined && { 'x-amz-server-side-encryption-aws-kms-key-id': options.ssekms_key_id }),
    }
    const upload = async (file: SpoolFile): Promise<void> => {
      for (let attempt = 0; ; attempt++) {
        try {
          if (bucket === undefined) throw new Error('the output is not started')
          const body = await spool.contents(file, options.encoding)
          const answer = await bucket.ofObject(file.key, { method: 'PUT', headers, body, signal: stopped.signal })
          await answer.arrayBuffer()
          await spool.remove(file)
          trouble.works('uploads to the bucket')
          return
        } catch (error) {
          stopped.signal.throwIfAborted()
          trouble.tell('an upload failed: it is tried again', error, { key: file.key })
          await waitOrAbort(Math.min(FIRST_WAIT_MS * 2 ** attempt, MAX_WAIT_MS), stopped.signal)
        }
      }
    }
    const uploadEnded = (): void => {
      uploading = uploading
        .then(async () => {
          for (const file of spool.takeEnded()) await upload(file)
        })
        .catch((error: unknown) => {
          if (!stopped.signal.aborted) log.error({ error: reasonOf(error) }, 'uploads failed')
        })
    }
    const suffix = options.encoding === 'gzip' ? '.txt.gz' : '.txt'
    return {
      async start() {
        const opened = await openS3Bucket(options)
        bucket = opened
        await spool.open()
        if (options.validate_credentials_on_root_bucket) {
          await opened
            .ofBucket('', { method: 'HEAD', signal: stopped.signal })
            .catch((error: unknown) => trouble.tell('the bucket cannot be reached: events wait on disk', error))
        }
        uploadEnded()
        timer = setInterval(() => {
          spool.endOlder(clock.now() - maxAgeMs)
          uploadEnded()
        }, LOOK_EVERY_MS)
      },
      async write(events) {
        signal.throwIfAborted()
        for (const [name, some] of groupEvents(events, (event) => prefix.print(event))) {
          const bytes = Buffer.concat(some.map((event) => Buffer.from(codec.encode(event))))
          await spool.append(name, suffix, bytes, clock.now())
        }
        spool.endLarger(maxBytes)
        uploadEnded()
      },
      async close() {
        clearInterval(timer)
        spool.endOlder(Infinity)
        uploadEnded()
        // A server that is gone must not hold up the stop: the files are uploaded after the next start.
        await Promise.race([uploading, new Promise((resolve) => setTimeout(resolve, 5_000).unref())])
        stopped.abort(new Error('the pipeline stopped'))
        await uploading
        await spool.close()
      },
    }
  },
})
