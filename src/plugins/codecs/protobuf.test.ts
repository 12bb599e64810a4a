import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createEvent } from '../../core/event.ts'
import { testContext } from '../test-context.ts'
import { protobuf } from './protobuf.ts'
import { sparkplug } from './sparkplug.ts'

const SCHEMA = `syntax = "proto3"; package plant;
enum State { OFF = 0; ON = 1; }
message Reading { string device = 1; double t = 2; State state = 3; repeated int64 counts = 4; bytes raw = 5; }`

const create = (config: Record<string, unknown>) => protobuf.create(protobuf.config.parse(config), testContext())

test('messages by the .proto file of the user, there and back', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'proto-'))
  const file = join(folder, 'plant.proto')
  await writeFile(file, SCHEMA)
  const codec = create({ class_name: 'plant::Reading', class_file: file })
  await codec.open?.()
  const fields = { device: 'd1', t: 22.5, state: 'ON', counts: [1, -2], raw: Buffer.from('hi').toString('base64') }
  const bytes = Buffer.from(codec.encode(createEvent(fields)))
  expect(codec.decoder().decode(bytes)[0]?.fields).toEqual(fields)
  expect(codec.decoder().decode(Buffer.from([0xff]))[0]?.fields['tags']).toEqual(['_protobufdecodefailure'])
  await expect(create({ class_name: 'plant.Nothing', class_file: file }).open?.()).rejects.toThrow(
    'there is no message [plant.Nothing]',
  )
  expect(() => create({ class_name: 'X', class_file: 'x.pb.rb' })).toThrow('name the .proto file')
  await rm(folder, { recursive: true })
})

test('Sparkplug: aliases have the names of the birth before, signed numbers their sign', async () => {
  const codec = sparkplug.create(sparkplug.config.parse({}), testContext())
  await codec.open?.()
  // Birth: name "t", alias 7, Int32; data: alias 7, Int32, -1 as an unsigned number.
  const birth = Buffer.from('1209 0a0174 1007 2003 5005'.replaceAll(' ', ''), 'hex')
  const data = Buffer.from('120a 1007 2003 50ffffffff0f'.replaceAll(' ', ''), 'hex')
  const decode = (bytes: Buffer) => codec.decoder().decode(bytes)[0]?.fields
  expect(decode(birth)).toEqual({ sparkplug: { name: 't', datatype: 3 }, value: 5 })
  expect(decode(data)).toEqual({ sparkplug: { name: 't', datatype: 3 }, value: -1 })
})
