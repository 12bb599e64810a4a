import { z } from 'zod'
import type { Fields } from '../../core/event.ts'
import { fieldText } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { integer, path, text } from '../options.ts'
import { loadUserAgents, type UserAgent, type UserAgentParser } from '../parsing/user-agent.ts'
import { defineFilter } from '../plugin.ts'

export const useragent = defineFilter({
  name: 'useragent',
  summary: 'Reads which browser, system and device a `User-Agent` header speaks of.',
  config: z.strictObject({
    source: text().describe('Field with the header.'),
    target: text().optional().describe('Field that gets an object: `user_agent` with ECS names, else the root of the event.'),
    prefix: text().default('').describe('What stands before names; without ECS names only.'),
    regexes: path().optional().describe('File of expressions of your own, in the form of uap-core.'),
    lru_cache_size: integer({ min: 0 }).default(100_000).describe('How many headers are remembered with what they say.'),
    ecs_compatibility: ecsCompatibility(),
  }),
  examples: [
    {
      title: 'Firefox on Linux',
      config: { source: 'agent' },
      in: { agent: 'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0' },
      out: {
        agent: 'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0',
        user_agent: {
          name: 'Firefox',
          version: '125.0',
          os: { name: 'Ubuntu', full: 'Ubuntu' },
          device: { name: 'Other' },
          original: 'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0',
        },
      },
    },
    {
      title: 'The older names',
      config: { source: 'agent', target: 'ua', ecs_compatibility: 'disabled' },
      in: { agent: 'curl/8.5.0' },
      out: { agent: 'curl/8.5.0', ua: { name: 'curl', device: 'Other', major: '8', minor: '5', patch: '0', version: '8.5.0' } },
    },
  ],
  create({ source, target, prefix, regexes, lru_cache_size: cacheSize, ecs_compatibility }, context) {
    const from = fieldPath(source)
    const ecs = (ecs_compatibility ?? context.ecs) !== 'disabled'
    const to = target === undefined ? (ecs ? fieldPath('user_agent') : undefined) : fieldPath(target)
    const cache = new Map<string, UserAgent>()
    let read: UserAgentParser = () => ({ name: 'Other', version: [], os: undefined, device: 'Other' })
    return {
      async open() {
        read = await loadUserAgents(regexes)
      },
      process(event) {
        const value = from.get(event)
        const header = fieldText(Array.isArray(value) ? (value[0] ?? null) : (value ?? null))
        if (header === '') return 'unmatched'
        let agent = cache.get(header)
        if (agent === undefined) {
          agent = read(header)
          const [oldest] = cache.keys()
          if (cache.size >= cacheSize && oldest !== undefined) cache.delete(oldest)
          if (cacheSize > 0) cache.set(header, agent)
        }
        const fields = ecs ? { ...ecsFields(agent), original: header } : plainFields(agent, prefix)
        if (to === undefined) Object.assign(event.fields, fields)
        else to.set(event, fields)
        return 'matched'
      },
    }
  },
})

function ecsFields({ name, version, os, device }: UserAgent): Fields {
  const fields: Fields = { name }
  if (version.length > 0) fields['version'] = version.join('.')
  if (os !== undefined) {
    fields['os'] = {
      name: os.name,
      ...(os.version.length > 0 && { version: os.version.join('.') }),
      full: [os.name, os.version.join('.')].join(' ').trim(),
    }
  }
  fields['device'] = { name: device }
  return fields
}

function plainFields({ name, version, os, device }: UserAgent, prefix: string): Fields {
  const fields: Fields = { [`${prefix}name`]: name }
  if (os !== undefined) {
    fields[`${prefix}os`] = os.name
    fields[`${prefix}os_name`] = os.name
    fields[`${prefix}os_full`] = [os.name, os.version.join('.')].join(' ').trim()
    if (os.version.length > 0) fields[`${prefix}os_version`] = os.version.join('.')
    for (const [place, part] of ['os_major', 'os_minor', 'os_patch'].entries()) {
      const value = os.version[place]
      if (value !== undefined) fields[prefix + part] = value
    }
  }
  fields[`${prefix}device`] = device
  for (const [place, part] of ['major', 'minor', 'patch', 'build'].entries()) {
    const value = version[place]
    if (value !== undefined) fields[prefix + part] = value
  }
  if (version.length > 0) fields[`${prefix}version`] = version.join('.')
  return fields
}
