import type { Principal } from '../../core/access.ts'
import { illegalArgument } from '../../core/errors.ts'
import { defineProcessor } from './processor.ts'

const PROPERTIES = ['username', 'roles', 'email', 'full_name', 'metadata', 'api_key', 'realm', 'authentication_type'] as const

export const setSecurityUser = defineProcessor({
  name: 'set_security_user',
  summary: 'Sets who sent the document: user name, roles, realm, API key and how they signed in.',
  create(config) {
    const field = config.text('field')
    const properties = config.texts('properties', [...PROPERTIES])
    const unknown = properties.find((property) => !PROPERTIES.some((known) => known === property))
    if (unknown !== undefined)
      throw illegalArgument(`[properties] value [${unknown}] is invalid. Valid values are [${PROPERTIES.join(', ')}]`)
    return (document) => {
      const { principal } = document
      if (!principal) throw illegalArgument('There is no authenticated user - the [set_security_user] processor requires one')
      const all = described(principal)
      const before = document.find(field)
      const kept = typeof before === 'object' && before !== null && !Array.isArray(before) ? before : {}
      const chosen = Object.entries(all).filter(([name, value]) => value !== undefined && properties.includes(name))
      document.set(field, { ...kept, ...Object.fromEntries(chosen) })
    }
  },
})

function described({ name, kind, roles, realm, apiKey }: Principal): Record<string, unknown> {
  return {
    username: name,
    roles: roles.length > 0 ? [...roles] : undefined,
    realm: { name: realm, type: realm },
    api_key: apiKey && { id: apiKey.id, name: apiKey.name },
    authentication_type: kind === 'api_key' ? 'API_KEY' : kind === 'internal' ? 'INTERNAL' : 'REALM',
  }
}
