import { sql, type Sql } from '../../sql.ts'
import { adjacentTokens } from '../../token-column.ts'
import { placeLists, type ResolvedPlace, sloppyFrequency } from '../query/sloppy-phrase.ts'

/** How often a phrase stands in a text that has it, as its score counts: a match of a sloppy one by how near its tokens are. */
export function phraseFrequency(text: Sql, places: readonly ResolvedPlace[], slop: number): Sql {
  if (slop > 0) return sloppyFrequency(text, places, slop)
  const single = places.every(({ tokens, position }, i) => tokens.length === 1 && position === i)
  const tokens = places.flatMap((place) => place.tokens)
  if (!single || tokens[0] === tokens.at(-1))
    return sql`arrayMap(l -> arrayCount(p -> arrayAll(x -> has(x, p), l), arrayDistinct(l[1])), [${placeLists(text, places)}])[1]`
  const needle = adjacentTokens(tokens)
  // A match ends with the separator that the next one may begin with: where two follow each other, separators are doubled.
  const doubled = needle.replaceAll('\x01', '\x01\x01').slice(1, -1)
  const exact = sql`countSubstrings(replaceAll(${text}, ${'\x01'}, ${'\x01\x01'}), ${doubled})`
  return sql`if(position(${text}, ${needle + needle.slice(1)}) > 0, ${exact}, countSubstrings(${text}, ${needle}))`
}
