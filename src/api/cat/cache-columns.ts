import type { IndexRow } from './index-row.ts'
import type { Column } from './table.ts'

/** What is remembered for searches of an index: answers alone; there is no field data and no cache of queries. */
export function cacheColumns(bytes: (size: number) => string): readonly Column<IndexRow>[] {
  const all: readonly (readonly [name: string, alias: string, description: string, value: Column<IndexRow>['value']])[] = [
    ['fielddata.memory_size', 'fm', 'used fielddata cache', () => bytes(0)],
    ['fielddata.evictions', 'fe', 'fielddata evictions', () => 0],
    ['query_cache.memory_size', 'qcm', 'used query cache', () => bytes(0)],
    ['query_cache.evictions', 'qce', 'query cache evictions', () => 0],
    ['request_cache.memory_size', 'rcm', 'used request cache', ({ stats }) => bytes(stats?.answers.bytes ?? 0)],
    ['request_cache.evictions', 'rce', 'request cache evictions', ({ stats }) => stats?.answers.evicted ?? 0],
    ['request_cache.hit_count', 'rchc', 'request cache hit count', ({ index }) => index.counters.knownAnswers],
    ['request_cache.miss_count', 'rcmc', 'request cache miss count', ({ index }) => index.counters.newAnswers],
  ]
  return all.flatMap(([name, alias, description, value]): readonly Column<IndexRow>[] => [
    { name, aliases: [alias, camelCase(name)], description, align: 'right', value },
    { name: `pri.${name}`, description, align: 'right', value },
  ])
}

/** `request_cache.hit_count` is also `requestCacheHitCount`, but memory goes without its size. */
const camelCase = (name: string): string =>
  name.replace('memory_size', 'memory').replaceAll(/[._](\w)/g, (_, letter: string) => letter.toUpperCase())
