import type { Type } from 'protobufjs'
import { z } from 'zod'
import { printFields } from '../../core/event-json.ts'
import { MissingFileError } from '../missing-file.ts'
import { ignored, list, path, text } from '../options.ts'
import { defineCodec } from '../plugin.ts'
import { binaryToFieldValue, valueEvent } from './binary-values.ts'
import { failedEvent } from './decoded.ts'

export const protobuf = defineCodec({
  name: 'protobuf',
  summary: "Protocol Buffers, by the user's own .proto file.",
  config: z.strictObject({
    class_name: text().describe('Message, with its package: `plant.Reading`.'),
    class_file: path().optional().describe('The .proto file.'),
    include_path: list().optional().describe('Files instead: .proto files that belong together.'),
    protobuf_root_directory: path().optional().describe('Folder that `import` of a file starts at.'),
    protobuf_version: ignored('both syntaxes are read'),
    stop_on_error: ignored('what cannot be read is kept as text, with a tag'),
    pb3_encoder_autoconvert_types: ignored('values are converted where they fit'),
    pb3_set_oneof_metainfo: ignored('fields of a oneof stand by their own names'),
    target: text().optional().describe('Field that gets the message. The root of the event when absent.'),
  }),
  examples: [],
  create(options) {
    const files = [...(options.include_path ?? []), ...(options.class_file === undefined ? [] : [options.class_file])]
    if (files.length === 0) throw new Error('[protobuf] needs class_file: the .proto file of the message')
    const ruby = files.find((file) => file.endsWith('.rb'))
    if (ruby !== undefined) throw new Error(`[protobuf] [${ruby}] is Ruby: name the .proto file that it was made from`)
    let type: Type | undefined
    return {
      async open() {
        const { default: library } = await import('protobufjs')
        const root = new library.Root()
        const { protobuf_root_directory: folder } = options
        if (folder !== undefined)
          root.resolvePath = (_origin, target) => (target.startsWith('/') ? target : `${folder}/${target}`)
        await root.load(files).catch((error: unknown) => {
          const code = (error as NodeJS.ErrnoException).code
          throw code === 'ENOENT' ? new MissingFileError(files.join(', '), error) : error
        })
        try {
          // Ruby writes names with colons.
          type = root.lookupType(options.class_name.replaceAll('::', '.'))
        } catch {
          throw new Error(`[protobuf] there is no message [${options.class_name}] in ${files.join(', ')}`)
        }
      },
      decoder: () => ({
        decode(bytes) {
          if (bytes.length === 0 || type === undefined) return []
          try {
            const value = type.toObject(type.decode(bytes), { longs: Number, enums: String, defaults: false, arrays: false })
            return [valueEvent(binaryToFieldValue(value), options.target, bytes.length)]
          } catch {
            return [failedEvent(Buffer.from(bytes).toString('utf8'), bytes.length, '_protobufdecodefailure')]
          }
        },
        end: () => [],
      }),
      encode(event) {
        if (type === undefined) throw new Error('the codec is not open')
        return type.encode(type.fromObject(JSON.parse(printFields(event.fields)) as Record<string, unknown>)).finish()
      },
    }
  },
})
