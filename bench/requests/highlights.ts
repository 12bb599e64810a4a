import type { JsonObject } from '../../src/core/json.ts'
import type { Random } from './random.ts'

/** How matches are marked: of some fields, by each of the highlighters. */
export function highlight(random: Random, fields: readonly string[]): JsonObject {
  const own = (): JsonObject => ({
    type: random.pick(['unified', 'unified', 'plain']),
    number_of_fragments: random.int(0, 3),
    ...random.options(0.3, {
      fragment_size: random.pick([10, 18, 30, 60]),
      no_match_size: random.pick([0, 12, 40]),
      order: 'score',
    }),
    ...(random.chance(0.3) ? { pre_tags: ['<b>', '<i>'], post_tags: ['</b>', '</i>'] } : {}),
    ...random.options(0.1, { boundary_scanner: 'word', fragmenter: 'simple', require_field_match: false }),
  })
  const names = random.times(1, 2, () => random.pick([...fields, '*', 'user.*']))
  return {
    fields: Object.fromEntries(names.map((name) => [name, own()])),
    ...random.options(0.2, { encoder: 'html', tags_schema: 'styled' }),
  }
}
