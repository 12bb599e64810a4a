import { createRequire } from 'node:module'
import type { parse as Parse } from 'tldts'
import { illegalArgument } from '../../core/errors.ts'
import { defineProcessor } from './processor.ts'

export const registeredDomain = defineProcessor({
  name: 'registered_domain',
  summary: 'Takes a host name apart: registered domain, subdomain and public suffix.',
  create(config) {
    const field = config.text('field')
    const target = config.text('target_field', '')
    const ignoreMissing = config.flag('ignore_missing', true)
    // The list of public suffixes is large: read by those who use it.
    const { parse } = createRequire(import.meta.url)('tldts') as { readonly parse: typeof Parse }
    return (document) => {
      const name = (document.find(field) ?? null) === null ? '' : document.text(field)
      const parts = name === '' ? undefined : partsOf(parse(name, OPTIONS), name)
      if (parts === undefined) {
        if (ignoreMissing) return
        throw illegalArgument('unable to set domain information for document')
      }
      for (const [key, value] of Object.entries(parts)) document.set(target === '' ? key : `${target}.${key}`, value)
    }
  },
})

/** Suffixes below which companies give names away (`github.io`) count, as in Elasticsearch. */
const OPTIONS = { allowPrivateDomains: true, extractHostname: false } as const

function partsOf(found: ReturnType<typeof Parse>, name: string): Readonly<Record<string, string>> | undefined {
  const { domain, publicSuffix, subdomain, isIcann, isPrivate } = found
  if (publicSuffix === null) return undefined
  if (domain === null) return isIcann || isPrivate ? { domain: name, top_level_domain: name } : undefined
  return {
    domain: name,
    registered_domain: domain,
    top_level_domain: publicSuffix,
    ...(subdomain ? { subdomain } : {}),
  }
}
