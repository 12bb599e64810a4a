import { expect, test } from 'vitest'
import { elasticsearchConfig } from './config.ts'
import { remoteStore } from './remote-store.ts'

test('a host that nobody knows is named, with what helps where it is this program', async () => {
  const address = { protocol: 'http', host: 'es01.invalid', port: 9200, path: '' } as const
  const store = remoteStore(elasticsearchConfig.parse({ hosts: ['es01.invalid:9200'] }), [address])
  await expect(store.connect()).rejects.toThrow(
    'no host is called [es01.invalid]. If this program is meant, add the name to pipelines.store_hosts',
  )
})
