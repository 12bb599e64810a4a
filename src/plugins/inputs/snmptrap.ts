import type { Socket } from 'node:dgram'
import { z } from 'zod'
import { createEvent, type Event, type Fields } from '../../core/event.ts'
import { fieldPath } from '../../core/field-path.ts'
import { decodeTrap, informResponse, type SnmpTrap } from '../../protocols/snmp/trap.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { ignored, list, port, text } from '../options.ts'
import { defineInput } from '../plugin.ts'
import { Trouble } from '../trouble.ts'
import { receiveDatagrams } from './datagrams.ts'

const names = ignored('names of MIBs are not known: objects have their numbers')
const version3 = ignored('version 3 is not spoken')

const config = z.strictObject({
  host: text().optional().describe('Address to listen on. `network.host` when absent.'),
  port: port().default(1062).describe('Port to listen on. 0 takes a free one.'),
  community: list().default(['public']).describe('Communities that are taken; all when there are none.'),
  supported_versions: list()
    .default(['1', '2c'])
    .describe('Versions that are taken: 1 and 2c. Version 3 is not spoken, which the log says.'),
  supported_transports: list().default(['udp']).describe('Traps come over UDP; that nothing listens on TCP the log says.'),
  target: text().optional().describe('Field that gets the variables. The root of the event when absent.'),
  oid_mapping_format: names,
  oid_map_field_values: names,
  oid_path_length: names,
  oid_root_skip: names,
  mib_paths: names,
  use_provided_mibs: names,
  yamlmibdir: names,
  threads: ignored('traps are read as they come'),
  auth_pass: version3,
  auth_protocol: version3,
  priv_pass: version3,
  priv_protocol: version3,
  security_level: version3,
  security_name: version3,
  ecs_compatibility: ecsCompatibility(),
})

export const snmptrap = defineInput({
  name: 'snmptrap',
  summary:
    'Takes traps and informs of SNMP, versions 1 and 2c: a field for each variable, named by its number. An inform is acknowledged when it is stored.',
  config,
  examples: [{ title: 'Of switches', config: { port: 1062, community: ['public'], target: 'snmp' } }],
  defaultCodec: 'plain',
  create(options, { ecs, log, platform }) {
    const source = fieldPath((options.ecs_compatibility ?? ecs) === 'disabled' ? 'host' : '[host][ip]')
    const target = options.target === undefined ? undefined : fieldPath(options.target)
    const trouble = new Trouble(log)
    const stopped = new AbortController()
    let socket: Socket | undefined

    const eventOf = (trap: SnmpTrap, address: string): Event => {
      const variables: Fields = Object.fromEntries(trap.bindings)
      const event = createEvent({ message: JSON.stringify(pduOf(trap), plainNumbers), ...(target === undefined && variables) })
      target?.set(event, variables)
      source.set(event, address)
      event.metadata['input'] = { snmptrap: { pdu: pduOf(trap) } }
      return event
    }
    const isTaken = ({ community, version }: SnmpTrap): boolean =>
      options.supported_versions.includes(version) && (options.community.length === 0 || options.community.includes(community))
    const decode = (datagram: Buffer, address: string): readonly Event[] => {
      try {
        const trap = decodeTrap(datagram)
        return isTaken(trap) ? [eventOf(trap, address)] : []
      } catch (error) {
        trouble.tell('a datagram is no trap', error, { address })
        return []
      }
    }
    return {
      get port() {
        return socket?.address().port
      },
      async start(sink) {
        if (options.supported_versions.includes('3')) log.warn({}, 'version 3 of SNMP is not spoken: its traps are dropped')
        if (options.supported_transports.includes('tcp')) log.warn({}, 'traps come over UDP: nothing listens on TCP')
        const host = options.host ?? platform.listenHost ?? '127.0.0.1'
        const { signal } = stopped
        socket = await receiveDatagrams(sink, { host, port: options.port, decode, answer: informResponse, log, signal })
      },
      stop() {
        stopped.abort()
        return new Promise((resolve) => {
          if (socket === undefined) resolve()
          else socket.close(() => resolve())
          socket = undefined
        })
      },
    }
  },
})

/** What Logstash tells of a trap, by its names. */
function pduOf(trap: SnmpTrap): Fields {
  const v1: Fields =
    trap.type === 'V1TRAP'
      ? {
          enterprise: trap.enterprise ?? '',
          agent_addr: trap.agentAddress ?? '',
          generic_trap: trap.genericTrap ?? 0,
          specific_trap: trap.specificTrap ?? 0,
          timestamp: trap.timestamp ?? 0,
        }
      : { request_id: trap.requestId ?? 0, error_status: trap.errorStatus ?? 0, error_index: trap.errorIndex ?? 0 }
  return {
    version: trap.version,
    type: trap.type,
    community: trap.community,
    ...v1,
    variable_bindings: Object.fromEntries(trap.bindings),
  }
}

const plainNumbers = (_name: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)
