import { createRequire } from 'node:module'
import type { parse as Parse } from 'tldts'
import { z } from 'zod'
import { fieldPath } from '../../core/field-path.ts'
import { flag, text } from '../options.ts'
import { defineFilter } from '../plugin.ts'

export const tld = defineFilter({
  name: 'tld',
  summary:
    'Takes the name of a host apart by the list of public suffixes: the domain that was registered, and what stands before it.',
  config: z.strictObject({
    source: text().default('message').describe('Field with the name.'),
    target: text().default('tld').describe('Field for `tld`, `sld`, `trd`, `domain` and `subdomain`.'),
    ignore_private: flag()
      .default(true)
      .describe('Whether suffixes below which companies give names away (`github.io`) count as registered domains.'),
  }),
  examples: [
    {
      title: 'A name below a domain',
      config: { source: 'host' },
      in: { host: 'www.shop.example.co.uk' },
      out: {
        host: 'www.shop.example.co.uk',
        tld: {
          tld: 'co.uk',
          sld: 'example',
          trd: 'www.shop',
          domain: 'example.co.uk',
          subdomain: 'www.shop.example.co.uk',
        },
      },
    },
    {
      title: 'A domain itself, below a private suffix',
      config: {
        source: 'host',
        target: '[@metadata][d]',
        ignore_private: false,
        add_field: { domain: '%{[@metadata][d][domain]}' },
      },
      in: { host: 'elkhorn.github.io' },
      out: { host: 'elkhorn.github.io', domain: 'elkhorn.github.io' },
    },
    { title: 'What is no name of a host stays', config: {}, in: { message: 'two words' }, out: { message: 'two words' } },
  ],
  create({ source, target, ignore_private: ignorePrivate }) {
    // The list of public suffixes is large: read by those who use it.
    const { parse } = createRequire(import.meta.url)('tldts') as { readonly parse: typeof Parse }
    const from = fieldPath(source)
    const to = fieldPath(target)
    return {
      process(event) {
        const name = from.get(event)
        if (typeof name !== 'string') return 'unmatched'
        const parts = parse(name, { allowPrivateDomains: !ignorePrivate, extractHostname: false })
        const { domain, domainWithoutSuffix: sld, publicSuffix, subdomain } = parts
        if (domain === null || sld === null || publicSuffix === null) return 'unmatched'
        const trd = subdomain === null || subdomain === '' ? null : subdomain
        to.set(event, { tld: publicSuffix, sld, trd, domain, subdomain: trd === null ? null : `${trd}.${domain}` })
        return 'matched'
      },
    }
  },
})
