import { illegalArgument } from '../../../core/errors.ts'
import type { Parameters } from '../parameters.ts'
import type { Token, TokenFilter } from '../token.ts'

/** Analyzes one side of a rule: the tokens that stand before the synonym filter in its chain. */
export type RuleAnalysis = (text: string) => readonly string[]

interface Rule {
  readonly input: readonly string[]
  /** Replacements, each a run of terms; the input itself is among them where it is kept. */
  readonly outputs: readonly (readonly string[])[]
}

/**
 * Adds synonyms (or puts them in place), as Solr's rules say: `a, b c => d` or `a, b c, d`. The longest rule that matches
 * wins. `graph` makes room for alternatives that are longer than their input; several long alternatives of one input
 * share that room, where Lucene's graph gives each a way of its own.
 */
export function synonymFilter(
  parameters: Parameters,
  { analyzeBefore, synonymSets }: { readonly analyzeBefore: RuleAnalysis; readonly synonymSets: SynonymSets },
  graph: boolean,
): TokenFilter {
  const expand = parameters.bool('expand', true)
  const build = (lines: readonly string[], lenient: boolean): TokenFilter =>
    filterOf(lines, { expand, lenient, graph }, analyzeBefore)
  const set = parameters.optionalText('synonyms_set')
  if (set !== undefined)
    return fromSet(
      () => synonymSets.rulesOf(set),
      (lines) => build(lines, parameters.bool('lenient', true)),
    )
  const lines = parameters.list('synonyms')
  if (!lines) throw illegalArgument('synonym requires either `synonyms` or `synonyms_path` to be configured')
  return build(lines, parameters.bool('lenient', false))
}

/** Rules that are kept by name apart from the settings of indices, and may change. */
export interface SynonymSets {
  /** The same list until the set changes; `undefined` for a set that there is not (yet), which changes nothing. */
  rulesOf(set: string): readonly string[] | undefined
}

export const NO_SYNONYM_SETS: SynonymSets = { rulesOf: () => undefined }

/** A filter that is made anew once the rules are others. */
function fromSet(rulesNow: () => readonly string[] | undefined, build: (lines: readonly string[]) => TokenFilter): TokenFilter {
  let built: { readonly rules: readonly string[]; readonly filter: TokenFilter } | undefined
  return (tokens) => {
    const rules = rulesNow()
    if (!rules) return tokens
    if (built?.rules !== rules) built = { rules, filter: build(rules) }
    return built.filter(tokens)
  }
}

function filterOf(
  lines: readonly string[],
  { expand, lenient, graph }: { readonly expand: boolean; readonly lenient: boolean; readonly graph: boolean },
  analyze: RuleAnalysis,
): TokenFilter {
  const rules = new Map<string, Rule>()
  let longest = 0
  let replacements = 0
  for (const line of lines) {
    if (line.startsWith('#') || line.trim() === '') continue
    for (const rule of parseRule(line, expand, lenient, analyze)) {
      const key = rule.input.join('\0')
      const known = rules.get(key)
      replacements += (known?.outputs.length ?? 0) + rule.outputs.length
      if (replacements > MAX_REPLACEMENTS) throw tooManyReplacements()
      rules.set(key, known ? { ...known, outputs: distinct([...known.outputs, ...rule.outputs]) } : rule)
      longest = Math.max(longest, rule.input.length)
    }
  }
  return (tokens) => apply(tokens, rules, longest, graph)
}

function parseRule(line: string, expand: boolean, lenient: boolean, analyze: RuleAnalysis): Rule[] {
  const sides = line.split('=>')
  if (sides.length > 2)
    throw illegalArgument(`failed to build synonyms: more than one explicit mapping specified on the same line [${line}]`)
  const readSide = (side: string): (readonly string[])[] => {
    const alternatives: (readonly string[])[] = []
    for (const part of side.split(/(?<!\\),/)) {
      const terms = analyze(part.replace(/\\(.)/g, '$1').trim())
      if (terms.length > 0) alternatives.push(terms)
      else if (!lenient)
        throw illegalArgument(`failed to build synonyms: term [${part.trim()}] was completely eliminated by analyzer`)
    }
    return alternatives
  }
  const inputs = readSide(sides[0] ?? '')
  const outputs = sides[1] === undefined ? inputs : readSide(sides[1])
  if (inputs.length * outputs.length > MAX_REPLACEMENTS) throw tooManyReplacements()
  if (sides[1] !== undefined) {
    return inputs.map((input) => ({ input, outputs }))
  }
  const [first] = inputs
  return inputs.map((input) => ({ input, outputs: expand ? distinct([input, ...inputs]) : first ? [first] : [] }))
}

/** What the rules of a filter put in place of all that they are about: a rule of n terms that stand for each other has n². */
const MAX_REPLACEMENTS = 2_000_000
/** Tokens that synonyms make of a text. */
const MAX_PLACED = 1_000_000

const tooManyReplacements = (): Error =>
  illegalArgument(
    `failed to build synonyms: the rules make more than [${MAX_REPLACEMENTS}] replacements; a rule of fewer terms makes far fewer`,
  )

function distinct(outputs: readonly (readonly string[])[]): (readonly string[])[] {
  return [...new Map(outputs.map((terms) => [terms.join('\0'), terms])).values()]
}

function apply(tokens: readonly Token[], rules: ReadonlyMap<string, Rule>, longest: number, graph: boolean): readonly Token[] {
  const result: Token[] = []
  let at = 0
  /** How much further right everything stands because of longer replacements. */
  let shift = 0
  while (at < tokens.length) {
    const match = longestMatch(tokens, at, rules, longest)
    const token = tokens[at]
    if (!token) break
    if (!match) {
      result.push(shift === 0 ? token : { ...token, position: token.position + shift })
      at += 1
      continue
    }
    const last = tokens[at + match.input.length - 1] ?? token
    const width = Math.max(1, ...match.outputs.map((terms) => terms.length))
    const room = graph ? width : Math.min(width, match.input.length)
    if (result.length > MAX_PLACED) throw illegalArgument(`synonyms make more than [${MAX_PLACED}] tokens of a text`)
    for (const terms of match.outputs) {
      const isInput = terms.join('\0') === match.input.join('\0')
      for (const [index, term] of terms.entries()) {
        const original = isInput ? tokens[at + index] : undefined
        result.push({
          term,
          position: token.position + shift + index,
          positionLength: index === terms.length - 1 ? Math.max(1, room - index) : 1,
          start: original?.start ?? token.start,
          end: original?.end ?? last.end,
          type: original?.type ?? 'SYNONYM',
        })
      }
    }
    // Without a graph longer replacements lie over the tokens behind instead of moving them.
    shift += graph ? width - match.input.length : Math.min(0, width - match.input.length)
    at += match.input.length
  }
  return result.toSorted((a, b) => a.position - b.position)
}

function longestMatch(tokens: readonly Token[], at: number, rules: ReadonlyMap<string, Rule>, longest: number): Rule | undefined {
  let key = ''
  let best: Rule | undefined
  for (let size = 1; size <= longest; size++) {
    const token = tokens[at + size - 1]
    if (!token || (size > 1 && token.position !== (tokens[at + size - 2]?.position ?? 0) + 1)) break
    key = size === 1 ? token.term : `${key}\0${token.term}`
    best = rules.get(key) ?? best
  }
  return best
}
