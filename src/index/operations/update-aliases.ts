import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import type { IndexContext } from '../index-context.ts'
import type { AliasRecord, IndexState } from '../index-state.ts'
import { parseBoolean, printValue } from '../mapping/parameters.ts'
import { resolveAbstractions, type IndicesOptions, type NameContext } from '../names/resolve-names.ts'
import { parseAlias, strings } from '../templates/parse-template.ts'
import { checkAlias } from './create-index.ts'

/** One of the `actions` of `_aliases`. Names are patterns still. */
export type AliasAction =
  | {
      readonly kind: 'add'
      readonly indices: readonly string[]
      readonly aliases: readonly string[]
      readonly record: AliasRecord
      readonly mustExist?: boolean
    }
  | {
      readonly kind: 'remove'
      readonly indices: readonly string[]
      readonly aliases: readonly string[]
      readonly mustExist?: boolean
    }
  | { readonly kind: 'remove_index'; readonly indices: readonly string[] }

/** @throws ElkhornError 400 naming the action that makes no sense */
export function parseAliasActions(json: JsonObject): readonly AliasAction[] {
  const { actions } = json
  if (!Array.isArray(actions)) throw illegalArgument('No action specified')
  const parsed = (actions as readonly JsonValue[]).map(parseAction)
  if (parsed.length === 0) throw illegalArgument('No action specified')
  return parsed
}

function parseAction(json: JsonValue): AliasAction {
  const [kind, body] = isJsonObject(json) ? (Object.entries(json)[0] ?? []) : []
  if (kind === undefined || !isJsonObject(body)) throw illegalArgument('[aliases] failed to parse field [actions]')
  if (kind !== 'add' && kind !== 'remove' && kind !== 'remove_index') {
    throw new ElkhornError('x_content_parse_exception', 400, `[1:1] [alias_action] unknown field [${kind}]`)
  }
  const { index, indices, alias, aliases, must_exist: mustExist, ...options } = body
  const indexNames = strings(indices ?? index)
  const aliasNames = strings(aliases ?? alias)
  if (indexNames.length === 0) throw illegalArgument('One of [index] or [indices] is required')
  if (index !== undefined && (printValue(index) === '' || index === null)) throw illegalArgument("[index] can't be empty string")
  if (kind === 'remove_index') return { kind, indices: indexNames }
  if (aliasNames.length === 0) throw illegalArgument('One of [alias] or [aliases] is required')
  if (aliasNames.some((name) => name === '')) throw illegalArgument("[alias] can't be empty string")
  const must = mustExist === undefined || mustExist === null ? {} : { mustExist: parseBoolean(mustExist) }
  if (kind === 'remove') return { kind, indices: indexNames, aliases: aliasNames, ...must }
  return { kind, indices: indexNames, aliases: aliasNames, record: parseAlias(aliasNames.join(','), options), ...must }
}

/** Names of indices in alias actions may be closed and hidden; aliases of aliases make no sense. */
const targetOptions: IndicesOptions = {
  ignoreUnavailable: false,
  allowNoIndices: false,
  expandOpen: true,
  expandClosed: true,
  expandHidden: false,
  forbidClosed: false,
}

/**
 * Applies all actions as one: nothing in between can be seen, and where one is refused nothing happens.
 * @returns the indices that were removed by `remove_index`, for the caller to delete
 * @throws ElkhornError `aliases_not_found_exception` (404), `invalid_alias_name_exception`, `index_not_found_exception`, …
 */
export async function updateAliases(
  context: IndexContext,
  names: NameContext,
  actions: readonly AliasAction[],
): Promise<readonly IndexState[]> {
  const { catalog } = context
  const byIndex = new Map<string, Map<string, AliasRecord>>()
  const byStream = new Map<string, Map<string, AliasRecord>>()
  const removed: IndexState[] = []
  const aliasesOf = (name: string): Map<string, AliasRecord> => {
    const streams = catalog.findDataStream(name)
    const holder = streams ? byStream : byIndex
    let aliases = holder.get(name)
    if (!aliases) {
      aliases = new Map(streams ? Object.entries(streams.aliases ?? {}) : catalog.findIndex(name)?.aliases)
      holder.set(name, aliases)
    }
    return aliases
  }
  for (const action of actions) {
    if (action.kind === 'remove_index') {
      for (const target of targets(names, action.indices)) {
        const index = catalog.findIndex(target)
        if (!index)
          throw illegalArgument(
            `The provided expression [${target}] matches an alias, specify the corresponding concrete indices instead.`,
          )
        removed.push(index)
      }
      continue
    }
    let found = false
    const holders = targets(names, action.indices)
    for (const target of holders) {
      if (action.kind === 'add') {
        const index = catalog.findIndex(target)
        if (index?.dataStream !== undefined) {
          throw illegalArgument(
            `The provided expressions [${action.indices.join(',')}] match a backing index belonging to data stream [${index.dataStream}]. Data stream backing indices don't support aliases.`,
          )
        }
        for (const alias of action.aliases) {
          if (!removed.some((gone) => gone.name === alias)) checkAlias(context, alias, target, action.record)
          aliasesOf(target).set(alias, action.record)
        }
        continue
      }
      for (const pattern of action.aliases) {
        for (const alias of aliasesOf(target).keys()) {
          if (!matchesWildcard(pattern === '_all' ? '*' : pattern, alias)) continue
          found = true
          aliasesOf(target).delete(alias)
        }
      }
    }
    if (action.kind === 'remove' && !found && action.mustExist !== false) throw aliasesNotFound(action.aliases)
  }
  checkWriteIndices(byIndex, context)
  for (const [name, aliases] of byIndex) {
    const index = catalog.findIndex(name)
    if (index) void catalog.setAliases(index, aliases).catch(() => undefined)
  }
  for (const [name, aliases] of byStream) {
    const stream = catalog.findDataStream(name)
    if (stream) void catalog.putDataStream({ ...stream, aliases: Object.fromEntries(aliases) }).catch(() => undefined)
  }
  await catalog.durable()
  return removed
}

/** Indices and data streams by name, aliases refused. */
function targets(names: NameContext, patterns: readonly string[]): readonly string[] {
  const { catalog } = names
  return resolveAbstractions(names, patterns, targetOptions)
    .filter(({ name, fromWildcard }) => {
      if (!catalog.findAlias(name)) return true
      if (fromWildcard) return false
      throw illegalArgument(
        `The provided expression [${name}] matches an alias, specify the corresponding concrete indices instead.`,
      )
    })
    .map(({ name }) => name)
}

export function aliasesNotFound(aliases: readonly string[]): ElkhornError {
  const missing = aliases.length === 1 ? `aliases [${aliases[0]}] missing` : `aliases [${aliases.join(',')}] missing`
  return new ElkhornError('aliases_not_found_exception', 404, missing, {
    details: { 'resource.type': 'aliases', 'resource.id': aliases.join(',') },
  })
}

function checkWriteIndices(byIndex: ReadonlyMap<string, ReadonlyMap<string, AliasRecord>>, context: IndexContext): void {
  const changed = new Set([...byIndex.values()].flatMap((aliases) => [...aliases.keys()]))
  for (const alias of changed) {
    const writers = new Set<string>()
    for (const [name, record] of context.catalog.findAlias(alias)?.indices ?? []) {
      if (record.is_write_index === true && !byIndex.has(name)) writers.add(name)
    }
    for (const [name, aliases] of byIndex) if (aliases.get(alias)?.is_write_index === true) writers.add(name)
    if (writers.size > 1) {
      throw new ElkhornError(
        'illegal_state_exception',
        400,
        `alias [${alias}] has more than one write index [${[...writers].sort().join(',')}]`,
      )
    }
  }
}
