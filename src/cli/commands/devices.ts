import { connect } from '../client.ts'
import { CommandError, stringOption, type Command, type CommandInput } from '../command.ts'
import { configOptions } from '../config-options.ts'
import { table } from '../table.ts'

interface Device {
  readonly id: string
  readonly type?: string
  readonly firmware?: string
  readonly online: boolean
  readonly last_seen?: string
  readonly has_credentials: boolean
  readonly enabled?: boolean
  readonly description?: string
}

const credentialsOf = ({ has_credentials: has, enabled }: Device): string =>
  has ? (enabled === false ? 'disabled' : 'yes') : 'none'

const path = (id: string): string => `/_elkhorn/devices/${encodeURIComponent(id)}`

export const listDevices: Command = {
  name: 'devices list',
  summary: 'Lists the devices that were seen or have credentials.',
  usage: '[--data DIR]',
  options: configOptions,
  run: async (input) => {
    const client = await connect(input)
    const { devices } = (await client.call('GET', '/_elkhorn/devices')) as unknown as { readonly devices: readonly Device[] }
    input.print(
      table(
        ['device', 'type', 'firmware', 'state', 'last seen', 'credentials', 'description'],
        devices.map((device) => [
          device.id,
          device.type ?? '',
          device.firmware ?? '',
          device.online ? 'online' : 'offline',
          device.last_seen ?? '',
          credentialsOf(device),
          device.description ?? '',
        ]),
      ),
    )
    return 0
  },
}

export const addDevice: Command = {
  name: 'devices add',
  summary: 'Makes credentials for a device: its id is the user name, the secret is printed once.',
  usage: 'ID [--description TEXT] [--data DIR]',
  options: { ...configOptions, description: { type: 'string', value: 'TEXT', summary: 'what it is for' } },
  run: async (input) => {
    const id = idOf(input)
    const client = await connect(input)
    const { secret } = (await client.call('PUT', path(id), { description: stringOption(input, 'description') ?? '' })) as {
      readonly secret: string
    }
    input.print(`user ${id}, password ${secret}\n`)
    return 0
  },
}

export const rotateDevice: Command = {
  name: 'devices rotate',
  summary: 'Makes a new secret for a device; the old one ends at once.',
  usage: 'ID [--data DIR]',
  options: configOptions,
  run: async (input) => {
    const id = idOf(input)
    const client = await connect(input)
    const { secret } = (await client.call('POST', `${path(id)}/_rotate`)) as { readonly secret: string }
    input.print(`user ${id}, password ${secret}\n`)
    return 0
  },
}

export const revokeDevice: Command = {
  name: 'devices revoke',
  summary: 'Takes the credentials of a device away.',
  usage: 'ID [--data DIR]',
  options: configOptions,
  run: async (input) => {
    const id = idOf(input)
    const client = await connect(input)
    await client.call('DELETE', path(id))
    input.print(`${id} has no credentials any more\n`)
    return 0
  },
}

function idOf(input: CommandInput): string {
  const [id] = input.words
  if (id === undefined || input.words.length > 1) throw new CommandError('expected the id of one device')
  return id
}
