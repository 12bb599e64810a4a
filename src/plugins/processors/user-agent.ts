import { illegalArgument } from '../../core/errors.ts'
import type { UserAgent } from '../parsing/user-agent.ts'
import { defineProcessor } from './processor.ts'

const PROPERTIES = ['name', 'os', 'device', 'original', 'version'] as const
type Property = (typeof PROPERTIES)[number]

/** Headers that are remembered with what they say. */
const MAX_KNOWN = 1000

export const userAgent = defineProcessor({
  name: 'user_agent',
  summary: 'Reads which browser, system and device a `User-Agent` header speaks of.',
  create(config, { userAgents }) {
    const field = config.text('field')
    const target = config.text('target_field', 'user_agent')
    const file = config.optionalText('regex_file')
    const written = config.texts('properties', PROPERTIES)
    const ignoreMissing = config.flag('ignore_missing', false)
    config.flag('extract_device_type', false)
    config.flag('ecs', true)
    if (file !== undefined) {
      throw config.error('regex_file', `regex file [${file}] doesn't exist (has to exist at node startup)`)
    }
    const properties = written.map((name): Property => {
      const found = PROPERTIES.find((one) => one === name.toLowerCase())
      if (found === undefined) {
        throw config.error(
          'properties',
          `illegal property value [${name}]. valid values are [${PROPERTIES.join(', ').toUpperCase()}]`,
        )
      }
      return found
    })
    const known = new Map<string, UserAgent>()
    return (document) => {
      if (ignoreMissing && (document.find(field) ?? null) === null) return
      if (document.get(field) === null) throw illegalArgument(`field [${field}] is null, cannot parse user-agent.`)
      const header = document.text(field)
      let agent = known.get(header)
      if (agent === undefined) {
        agent = userAgents(header)
        if (known.size >= MAX_KNOWN) known.clear()
        known.set(header, agent)
      }
      const all = describe(agent, header)
      document.set(
        target,
        Object.fromEntries(properties.filter((name) => all[name] !== undefined).map((name) => [name, all[name]])),
      )
    }
  },
})

function describe({ name, version, os, device }: UserAgent, original: string): Readonly<Partial<Record<Property, unknown>>> {
  const osVersion = os?.version.join('.') ?? ''
  return {
    name,
    original,
    device: { name: device },
    ...(version.length > 0 ? { version: version.join('.') } : {}),
    ...(os === undefined
      ? {}
      : { os: { name: os.name, ...(osVersion === '' ? {} : { version: osVersion }), full: `${os.name} ${osVersion}`.trim() } }),
  }
}
