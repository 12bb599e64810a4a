import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname, resolve, sep } from 'node:path'
import { gzip } from 'node:zlib'
import { promisify } from 'node:util'
import { z } from 'zod'
import type { Event } from '../../core/event.ts'
import { compileTemplate, type Template } from '../../script/sprintf.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { choice, flag, ignored, integer, path, text } from '../options.ts'
import { defineOutput, type Output, type OutputContext } from '../plugin.ts'

const compress = promisify(gzip)

/** Files that stay open; the one that was written to longest ago is closed first. */
const MAX_OPEN_FILES = 100

export const fileConfig = z.strictObject({
  path: path().describe('File, with references such as `/var/log/%{host}/%{+YYYY-MM-dd}.log`.'),
  gzip: flag().default(false).describe('Whether what is written is compressed.'),
  write_behavior: choice('append', 'overwrite').default('append').describe('Whether a file that is there is kept.'),
  filename_failure: text()
    .default('_filepath_failures')
    .describe('File, beside the fixed part of the path, for events whose values would lead out of it.'),
  create_if_deleted: flag().default(true).describe('Accepted: folders and files are made.'),
  dir_mode: integer().default(-1).describe('Mode of folders that are made. The usual one when -1.'),
  file_mode: integer().default(-1).describe('Mode of files that are made. The usual one when -1.'),
  flush_interval: ignored('what is written is synced with each batch'),
  max_size: ignored('files are rotated by whoever takes care of them, or by the date in their names'),
  stale_cleanup_interval: ignored('files are closed when too many are open'),
  ecs_compatibility: ecsCompatibility(),
})

export function createFileOutput(options: z.output<typeof fileConfig>, { codec }: OutputContext): Output {
  const template = compileTemplate(options.path)
  const root = fixedFolder(options.path)
  const opened = new Map<string, FileHandle>()

  const handleOf = async (name: string): Promise<FileHandle> => {
    const known = opened.get(name)
    if (known !== undefined) {
      opened.delete(name)
      opened.set(name, known)
      return known
    }
    const [oldest] = opened
    if (opened.size >= MAX_OPEN_FILES && oldest !== undefined) {
      opened.delete(oldest[0])
      await oldest[1].close()
    }
    await mkdir(dirname(name), { recursive: true, ...(options.dir_mode >= 0 && { mode: options.dir_mode }) })
    const handle = await open(
      name,
      options.write_behavior === 'append' ? 'a' : 'w',
      options.file_mode >= 0 ? options.file_mode : undefined,
    )
    opened.set(name, handle)
    return handle
  }

  return {
    async write(events) {
      const byFile = new Map<string, Uint8Array[]>()
      for (const event of events) {
        const name = fileOf(template, event, root, options.filename_failure)
        const parts = byFile.get(name) ?? []
        byFile.set(name, parts)
        parts.push(Buffer.from(codec.encode(event)))
      }
      for (const [name, parts] of byFile) {
        const bytes = Buffer.concat(parts)
        const handle = await handleOf(name)
        await handle.appendFile(options.gzip ? await compress(bytes) : bytes)
        await handle.datasync()
      }
    },
    async close() {
      for (const handle of opened.values()) await handle.close()
      opened.clear()
    },
  }
}

export const file = defineOutput({
  name: 'file',
  summary: 'Writes events to files.',
  config: fileConfig.extend({
    message_format: text().optional().describe('Older form of codec `line` with `format`: the line, with references.'),
  }),
  examples: [{ title: 'A file a day', config: { path: '/var/log/press-%{+YYYY.MM.dd}.json' } }],
  defaultCodec: 'json_lines',
  create({ message_format: format, ...options }, context) {
    if (format === undefined) return createFileOutput(options, context)
    const line = compileTemplate(format)
    return createFileOutput(options, { ...context, codec: { ...context.codec, encode: (event) => `${line.print(event)}\n` } })
  },
})

/** The folder before the first reference: values of events must not lead out of it. */
function fixedFolder(written: string): string {
  const reference = written.indexOf('%{')
  return resolve(reference < 0 ? dirname(written) : dirname(`${written.slice(0, reference)}x`))
}

function fileOf(template: Template, event: Event, root: string, failure: string): string {
  const name = resolve(template.print(event))
  if (template.constant) return name
  return name.startsWith(root.endsWith(sep) ? root : root + sep) ? name : resolve(root, failure)
}
