import { z } from 'zod'
import { createEvent, setOwn, type Event, type Fields, type FieldValue } from '../../../core/event.ts'
import { fieldPath } from '../../../core/field-path.ts'
import { ecsCompatibility } from '../../ecs-option.ts'
import { loadOptionalPackage } from '../../optional-package.ts'
import { choice, flag, ignored, integer, list, password, text } from '../../options.ts'
import { defineInput } from '../../plugin.ts'
import { runScheduled } from '../../schedule.ts'
import { Trouble } from '../../trouble.ts'
import { SnmpAgent, tableRows, type SnmpHost, type SnmpObject, type SnmpPackage, type SnmpUser } from './agent.ts'
import { loadObjectNames, type ObjectNames } from './object-names.ts'

const hostSchema = z.strictObject({
  host: text(),
  community: text().default('public'),
  version: choice('1', '2c', '3').default('2c'),
  retries: integer({ min: 0 }).default(2),
  timeout: integer({ min: 1 }).default(1_000),
})

const tableSchema = z.strictObject({ name: text(), columns: list() })

/** One hash stands for a list of one. */
const listOf = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((raw) => (Array.isArray(raw) ? (raw as unknown[]) : [raw]), z.array(schema)).meta({ option: 'list' })

/** Logstash's names of protocols, and the package's. */
const AUTH_PROTOCOLS = {
  md5: 'md5',
  sha: 'sha',
  sha2: 'sha256',
  hmac128sha224: 'sha224',
  hmac192sha256: 'sha256',
  hmac256sha384: 'sha384',
  hmac384sha512: 'sha512',
} as const
const PRIV_PROTOCOLS = { des: 'des', aes: 'aes', aes128: 'aes', aes256: 'aes256b' } as const

const config = z.strictObject({
  hosts: listOf(hostSchema).describe(
    'Agents, each with `host` as `udp:192.0.2.1/161`, and `community`, `version` (1, 2c or 3), `retries` and `timeout` in milliseconds.',
  ),
  get: list().default([]).describe('Objects that are asked for, by number.'),
  walk: list().default([]).describe('Objects below which all are asked for.'),
  tables: listOf(tableSchema)
    .default([])
    .describe('Tables, each with a `name` and its `columns`: a list of rows with their `index`.'),
  interval: integer({ min: 1 }).default(30).describe('Seconds from one question to the next.'),
  target: text().optional().describe('Field that gets the objects. The root of the event when absent.'),
  oid_mapping_format: choice('default', 'ruby_snmp', 'dotted_string')
    .default('default')
    .describe('How objects are named: by their path, by module and name, or by number. Those that no module names, by number.'),
  oid_map_field_values: flag().default(false).describe('Whether values that are objects are named as well.'),
  oid_root_skip: integer({ min: 0 }).default(0).describe('How many parts at the beginning of a name are left out.'),
  oid_path_length: integer({ min: 0 }).default(0).describe('How many parts at the end of a name stay. All when 0.'),
  mib_paths: list()
    .default([])
    .describe('Files or folders of MIBs as their makers publish them (SMI), besides those of system and interfaces (RFC 1213).'),
  security_name: text().optional().describe('User of version 3.'),
  security_level: choice('noAuthNoPriv', 'authNoPriv', 'authPriv').optional().describe('Whether they log in, and encrypt.'),
  auth_protocol: choice('md5', 'sha', 'sha2', 'hmac128sha224', 'hmac192sha256', 'hmac256sha384', 'hmac384sha512')
    .optional()
    .describe('How they log in.'),
  auth_pass: password().optional().describe('With what password.'),
  priv_protocol: choice('des', 'aes', 'aes128', 'aes256').optional().describe('How they encrypt; the others are not spoken.'),
  priv_pass: password().optional().describe('With what password.'),
  local_engine_id: ignored('the engine of the agent counts'),
  use_provided_mibs: ignored('the MIBs of system and interfaces are always known'),
  threads: ignored('agents are asked side by side'),
  poll_hosts_timeout: ignored('each host has its timeout'),
  ecs_compatibility: ecsCompatibility(),
})

type Options = z.output<typeof config>

export const snmp = defineInput({
  name: 'snmp',
  summary: 'Asks agents of SNMP, versions 1, 2c and 3, again and again: an event for each. Needs the package `net-snmp`.',
  config,
  examples: [
    {
      title: 'Name and traffic of a switch, each minute',
      config: {
        hosts: [{ host: 'udp:192.0.2.1/161', community: 'public' }],
        get: ['1.3.6.1.2.1.1.5.0'],
        tables: [{ name: 'interfaces', columns: ['1.3.6.1.2.1.2.2.1.2', '1.3.6.1.2.1.2.2.1.10'] }],
        interval: 60,
        target: 'snmp',
      },
    },
  ],
  defaultCodec: 'plain',
  create(options, { clock, ecs, log }) {
    const hosts = options.hosts.map(parseHost)
    if (options.oid_root_skip > 0 && options.oid_path_length > 0)
      throw new Error('[snmp] oid_root_skip and oid_path_length: use one of them')
    if (options.get.length + options.walk.length + options.tables.length === 0)
      throw new Error('[snmp] nothing is asked for: name objects in get, walk or tables')
    if (hosts.some(({ version }) => version === '3') && options.security_name === undefined)
      throw new Error('[snmp] version 3 needs the option [security_name]')
    const isEcs = (options.ecs_compatibility ?? ecs) !== 'disabled'
    const source = fieldPath(isEcs ? '[host][ip]' : 'host')
    const about = fieldPath(isEcs ? '[@metadata][input][snmp][host]' : '[@metadata]')
    const target = options.target === undefined ? undefined : fieldPath(options.target)
    let running: { stop(): Promise<void> } | undefined

    const eventOf = (host: SnmpHost, fields: Fields): Event => {
      const event = createEvent(target === undefined ? fields : {})
      target?.set(event, fields)
      source.set(event, host.address)
      const known = { protocol: 'udp', address: host.address, port: String(host.port), community: host.community }
      if (isEcs) about.set(event, known)
      else for (const [name, value] of Object.entries(known)) setOwn(event.metadata, `host_${name}`, value)
      return event
    }
    return {
      async start(sink) {
        const library = ((await loadOptionalPackage('snmp input', 'net-snmp', '3')) as { readonly default: SnmpPackage }).default
        const names = await loadObjectNames(library, options)
        const user = userOf(options, library)
        const polled = hosts.map((host) => ({ host, trouble: new Trouble(log, { host: host.address, port: host.port }) }))
        running = runScheduled({ kind: 'every', everyMs: options.interval * 1000 }, clock, async (signal) => {
          const poll = async ({ host, trouble }: (typeof polled)[number]): Promise<void> => {
            const agent = new SnmpAgent(library, host, user)
            const close = (): void => agent.close()
            signal.addEventListener('abort', close)
            try {
              const fields = await ask(agent, options, names)
              if (signal.aborted) return
              trouble.works('reads the agent')
              if (!sink.push([eventOf(host, fields)])) await sink.ready(signal)
            } catch (error) {
              if (!signal.aborted) trouble.tell('the agent could not be read', error)
            } finally {
              signal.removeEventListener('abort', close)
              if (!signal.aborted) close()
            }
          }
          await Promise.all(polled.map(poll))
        })
      },
      async stop() {
        await running?.stop()
      },
    }
  },
})

/** @throws Error naming what is no address */
function parseHost({ host: written, timeout, ...rest }: z.output<typeof hostSchema>): SnmpHost {
  const [, protocol, address, port] = /^(?:(udp|tcp):)?(\[[0-9A-Fa-f:.]+\]|[^/:[\]]+)(?:\/(\d{1,5}))?$/.exec(written) ?? []
  if (address === undefined) throw new Error(`[snmp] hosts: [${written}] is no host: write udp:192.0.2.1/161`)
  if (protocol === 'tcp') throw new Error(`[snmp] hosts: [${written}]: agents are asked over UDP`)
  return { ...rest, address: address.replaceAll(/[[\]]/g, ''), port: Number(port ?? 161), timeoutMs: timeout }
}

function userOf(options: Options, library: SnmpPackage): SnmpUser | undefined {
  const { security_name: name, security_level: level = 'noAuthNoPriv', auth_protocol: auth, priv_protocol: priv } = options
  if (name === undefined) return undefined
  const [authKey, privKey] = [options.auth_pass, options.priv_pass]
  if (level !== 'noAuthNoPriv' && (auth === undefined || authKey === undefined))
    throw new Error(`[snmp] security_level: [${level}] needs the options [auth_protocol] and [auth_pass]`)
  if (level === 'authPriv' && (priv === undefined || privKey === undefined))
    throw new Error(`[snmp] security_level: [${level}] needs the options [priv_protocol] and [priv_pass]`)
  const { AuthProtocols: auths, PrivProtocols: privs, SecurityLevel: levels } = library
  return {
    name,
    level: levels[level] ?? 1,
    ...(level !== 'noAuthNoPriv' &&
      auth !== undefined && { authProtocol: auths[AUTH_PROTOCOLS[auth]] ?? 0, authKey: authKey ?? '' }),
    ...(level === 'authPriv' && priv !== undefined && { privProtocol: privs[PRIV_PROTOCOLS[priv]] ?? 0, privKey: privKey ?? '' }),
  }
}

/** One question after the other, as small agents want it. @throws Error when one is not answered */
async function ask(agent: SnmpAgent, options: Options, names: ObjectNames): Promise<Fields> {
  const valueOf = ({ value, isOid }: SnmpObject): FieldValue =>
    isOid && options.oid_map_field_values && typeof value === 'string' ? names(value) : value
  const fields: Fields = {}
  const found = options.get.length === 0 ? [] : await agent.get(options.get.map(plainOid))
  for (const object of found) setOwn(fields, names(object.oid), valueOf(object))
  for (const oid of options.walk)
    for (const object of await agent.walk(plainOid(oid))) setOwn(fields, names(object.oid), valueOf(object))
  for (const { name, columns } of options.tables) {
    const read = []
    for (const written of columns) {
      const oid = plainOid(written)
      read.push({ oid, name: names(oid), objects: await agent.walk(oid) })
    }
    setOwn(fields, name, [...tableRows(read, valueOf)])
  }
  return fields
}

/** Some write a dot first, as Net-SNMP does. */
const plainOid = (written: string): string => written.replace(/^\./, '')
