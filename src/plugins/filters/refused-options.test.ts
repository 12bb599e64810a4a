import { expect, test } from 'vitest'
import { pluginTables } from '../tables.ts'
import { testContext } from '../test-context.ts'

test.each([
  {
    name: 'anonymize',
    config: { fields: ['ip'], algorithm: 'IPV4_NETWORK', key: 'secret' },
    want: '[anonymize] key: with the algorithm IPV4_NETWORK it is how many bits of an address stay',
  },
  {
    name: 'cipher',
    config: { algorithm: 'aes-256-cbc', mode: 'encrypt', key: 'k' },
    want: '[cipher] key_size: [aes-256-cbc] takes a key of 32 bytes, and not of 16',
  },
  {
    name: 'cipher',
    config: { algorithm: 'aes-128-cbc', mode: 'encrypt', key: 'k', iv_random_length: 8 },
    want: '[cipher] iv_random_length: [aes-128-cbc] takes 16 bytes, and not 8',
  },
  {
    name: 'cipher',
    config: { algorithm: 'chacha20-poly1305', mode: 'encrypt', key: 'k' },
    want: '[cipher] algorithm: [chacha20-poly1305] needs a tag',
  },
  { name: 'cipher', config: { algorithm: 'rot13', mode: 'encrypt', key: 'k' }, want: '[rot13] is not known' },
  { name: 'alter', config: { condrewrite: ['a', 'b'] }, want: '[alter] condrewrite: there are 2 values, and 3 belong together' },
  { name: 'range', config: { ranges: ['a', 1, 'x', 'drop'] }, want: '[range] ranges: [1] and [x] are not two numbers' },
])('$name: $want', ({ name, config, want }) => {
  const plugin = pluginTables.filters.find((one) => one.name === name)
  expect(() => plugin?.create(plugin.config.parse(config), testContext())).toThrow(want)
})
