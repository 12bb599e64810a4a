import { unreachable } from '../../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../../core/json.ts'
import type { EngineHit } from '../../../engine/engine.ts'
import { suggestCompletions } from './completion-suggester.ts'
import { suggestPhrase } from './phrase-suggester.ts'
import { parseSuggest, type SuggestContext, type SuggestedPart, type Suggestion } from './suggestion.ts'
import { suggestTerms } from './term-suggester.ts'

/** Works out all suggestions of a request and writes them as answers have them. `printHit` prints the hits of completions. */
export async function suggest(
  json: JsonValue,
  context: SuggestContext,
  { typedKeys, printHit }: { readonly typedKeys: boolean; readonly printHit: (hit: EngineHit) => string },
): Promise<JsonObject> {
  const suggestions = parseSuggest(json)
  const parts = await Promise.all(suggestions.map((suggestion) => run(suggestion, context, printHit)))
  return Object.fromEntries(
    suggestions.map(({ name, suggester }, i) => [
      typedKeys ? `${suggester}#${name}` : name,
      (parts[i] ?? []).map((part) => ({ ...part })),
    ]),
  )
}

function run(
  suggestion: Suggestion,
  context: SuggestContext,
  printHit: (hit: EngineHit) => string,
): Promise<readonly SuggestedPart[]> {
  switch (suggestion.suggester) {
    case 'term':
      return suggestTerms(suggestion, context)
    case 'phrase':
      return suggestPhrase(suggestion, context)
    case 'completion':
      return suggestCompletions(suggestion, context, printHit)
    default:
      return unreachable(suggestion.suggester)
  }
}
