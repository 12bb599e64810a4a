import { z } from 'zod'
import { fieldText } from '../../core/event-json.ts'
import { parseIp, parseIpBlock, type IpBytes } from '../../core/ip.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { readTextFile } from '../missing-file.ts'
import { duration, list, path, text } from '../options.ts'
import { ReloadedFile } from '../reloaded-file.ts'
import { defineFilter } from '../plugin.ts'

interface Block {
  readonly first: IpBytes
  readonly last: IpBytes
}

export const cidr = defineFilter({
  name: 'cidr',
  summary: 'Matches events with an address within a network. Add tags or fields to tell them.',
  config: z.strictObject({
    address: list().default([]).describe('Addresses, mostly references such as `%{[source][ip]}`.'),
    network: list().default([]).describe('Networks such as `10.0.0.0/8`, or references to fields that hold one.'),
    network_path: path().optional().describe('File with the networks instead.'),
    separator: text().default('\n').describe('What stands between the networks of the file.'),
    refresh_interval: duration().default(600_000).describe('How often the file is looked at again.'),
    ecs_compatibility: ecsCompatibility(),
  }),
  examples: [
    {
      title: 'From inside',
      config: { address: ['%{ip}'], network: ['10.0.0.0/8', 'fe80::/64'], add_tag: 'internal' },
      in: { ip: '10.1.2.3' },
      out: { ip: '10.1.2.3', tags: ['internal'] },
    },
    {
      title: 'From outside',
      config: { address: ['%{ip}'], network: ['10.0.0.0/8'], add_tag: 'internal' },
      in: { ip: '11.1.2.3' },
      out: { ip: '11.1.2.3' },
    },
  ],
  create({ address, network, network_path: file, separator, refresh_interval: interval }, context) {
    const addresses = address.map(compileTemplate)
    const networks = network.map(compileTemplate)
    const fixed = networks.filter(({ constant }) => constant).flatMap(({ text: written }) => block(written) ?? [])
    const dynamic = networks.filter(({ constant }) => !constant)
    const fromFile =
      file === undefined
        ? undefined
        : new ReloadedFile(file, interval, context.clock, context.log, async (name) =>
            (await readTextFile(name)).split(separator).flatMap((line) => block(line) ?? []),
          )
    return {
      open: async () => fromFile?.open(),
      process(event) {
        const given = addresses.flatMap((template) => parseIp(template.print(event).trim()) ?? [])
        if (given.length === 0) return 'unmatched'
        const blocks = [
          ...fixed,
          ...(fromFile?.value ?? []),
          ...dynamic.flatMap((template) =>
            template
              .print(event)
              .split(',')
              .flatMap((one) => block(one) ?? []),
          ),
        ]
        return given.some((ip) => blocks.some((one) => contains(one, ip))) ? 'matched' : 'unmatched'
      },
    }
  },
})

/** An address alone is a network of one. */
function block(written: string): Block | undefined {
  const trimmed = fieldText(written).trim()
  const ip = parseIp(trimmed)
  return ip === undefined ? parseIpBlock(trimmed) : { first: ip, last: ip }
}

function contains({ first, last }: Block, ip: IpBytes): boolean {
  return Buffer.compare(first, ip) <= 0 && Buffer.compare(ip, last) <= 0
}
