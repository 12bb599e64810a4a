import { illegalArgument } from '../../../core/errors.ts'
import type { MetadataSection } from '../../../core/metadata-store.ts'
import { systemClock } from '../../../core/time.ts'
import { classTable } from '../../../script/painless/class-table.ts'
import type { ScriptContext } from '../../../script/painless/contexts/script-context.ts'
import { parseScriptReference } from '../../../script/script-request.ts'
import { Scripts, type StoredScript } from '../../../script/scripts.ts'
import type { Parameters } from '../parameters.ts'
import type { Token, TokenFilter } from '../token.ts'

/** A token, and the position of the one before it. */
interface Seen {
  readonly token: Token
  readonly before: number
}

const TOKEN_CLASS = 'org.opensearch.analysis.common.AnalysisPredicateScript.Token'

const tokenClass = classTable<Seen>({
  name: TOKEN_CLASS,
  methods: {
    'String getTerm()': ({ token }) => token.term,
    'int getPosition()': ({ token }) => token.position,
    'int getPositionIncrement()': ({ token, before }) => token.position - before,
    'int getPositionLength()': ({ token }) => token.positionLength,
    'int getStartOffset()': ({ token }) => token.start,
    'int getEndOffset()': ({ token }) => token.end,
    'String getType()': ({ token }) => token.type,
    'boolean isKeyword()': ({ token }) => token.keyword === true,
  },
})

/** Scripts that say whether a filter is meant for a token. */
const predicateContext: ScriptContext<(seen: Seen) => boolean> = {
  name: 'analysis',
  returns: 'boolean',
  variables: { params: 'java.util.Map', token: TOKEN_CLASS },
  classes: [tokenClass],
  make: (run, params) => (seen) => run({ params, token: seen }) === true,
}

/** Analyzers are built from settings alone: scripts stand there in full. */
const NONE_STORED: MetadataSection<StoredScript> = {
  get: () => undefined,
  has: () => false,
  size: 0,
  entries: () => new Map<string, StoredScript>().entries(),
  put: () => Promise.reject(new Error('scripts of analyzers are not stored')),
  delete: () => Promise.resolve(false),
}

function predicateOf(parameters: Parameters): (seen: Seen) => boolean {
  const script = parameters.values['script']
  if (script === undefined) throw illegalArgument('Missing [script] parameter')
  return new Scripts(NONE_STORED, systemClock).compile(parseScriptReference(script), predicateContext)
}

/** Keeps the tokens that its script says yes to. */
export function predicateFilter(parameters: Parameters): TokenFilter {
  const holds = predicateOf(parameters)
  return (tokens) => tokens.filter((token, at) => holds({ token, before: tokens[at - 1]?.position ?? -1 }))
}

/** Runs other filters on the tokens that its script says yes to, each by itself. */
export function conditionFilter(parameters: Parameters, find: (filter: string) => TokenFilter): TokenFilter {
  const holds = predicateOf(parameters)
  const filters = (parameters.list('filter') ?? []).map(find)
  return (tokens) =>
    tokens.flatMap((token, at) => {
      if (!holds({ token, before: tokens[at - 1]?.position ?? -1 })) return [token]
      return filters.reduce<readonly Token[]>((current, filter) => filter(current), [token])
    })
}
