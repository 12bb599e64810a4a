import { randomBytes } from 'node:crypto'
import { illegalArgument } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { checkDefinitionName, checkShape } from '../../index/definitions/body-shape.ts'
import type { Definition } from '../../index/definitions/definitions.ts'
import { analyzersOfSet } from '../../index/settings/synonym-sets.ts'
import type { ApiContext } from '../api-context.ts'
import { notDefined, page } from '../definitions/answers.ts'
import { acknowledged, ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { required } from './documents.ts'

const SET = '/_synonyms/{set}'
const RULE = `${SET}/{rule}`
const ANY = 'cluster:admin/synonyms/put'

/** Sets of synonyms by name, which filters of analyzers take by `synonyms_set`. A change takes effect at once. */
export const synonymRoutes: readonly Route<ApiContext>[] = [
  { methods: ['GET'], paths: ['/_synonyms'], action: 'cluster:admin/synonyms/get', params: ['from', 'size'], handler: listSets },
  { methods: ['GET'], paths: [SET], action: 'cluster:admin/synonyms/get', params: ['from', 'size'], handler: getSet },
  { methods: ['PUT'], paths: [SET], action: ANY, params: ['refresh'], handler: putSet },
  {
    methods: ['DELETE'],
    paths: [SET],
    action: ANY,
    handler: async (request, context) => {
      const [name] = existing(request, context)
      const users = usersOf(name, context).map(({ index }) => index)
      if (users.length > 0)
        throw illegalArgument(
          `synonyms set [${name}] cannot be deleted as it is used in the following indices: ${users.join(', ')}`,
        )
      await context.definitions.of('synonyms_set').delete(name)
      return acknowledged
    },
  },
  { methods: ['GET'], paths: [RULE], action: 'cluster:admin/synonyms/get', handler: getRule },
  { methods: ['PUT'], paths: [RULE], action: ANY, params: ['refresh'], handler: putRule },
  { methods: ['DELETE'], paths: [RULE], action: ANY, params: ['refresh'], handler: deleteRule },
]

/** Synonyms in Solr's notation: `a, b` or `a => b`. */
interface Rule {
  readonly id: string
  readonly synonyms: string
}

const MAX_RULES = 10_000

const rulesOf = ({ body }: Definition): readonly Rule[] => body['rules'] as unknown as readonly Rule[]
const bodyOf = (rules: readonly Rule[]): JsonObject => ({ rules: rules.map(({ id, synonyms }) => ({ id, synonyms })) })

/** @throws ElkhornError 404 */
function existing(request: ApiRequest, { definitions }: ApiContext): readonly [string, readonly Rule[]] {
  const name = required(request, 'set')
  const set = definitions.of('synonyms_set').find(name)
  if (!set) throw notDefined(`synonyms set [${name}] not found`)
  return [name, rulesOf(set)]
}

function usersOf(
  set: string,
  { index: { catalog } }: ApiContext,
): readonly { readonly index: string; readonly analyzers: readonly string[] }[] {
  const all = [...catalog.indices.values()].map(({ name, settings }) => ({
    index: name,
    analyzers: analyzersOfSet(settings, set),
  }))
  return all.filter(({ analyzers }) => analyzers.length > 0)
}

/** Analyzers ask for the rules as they run: all that take the set have the new ones. */
function changed(result: 'created' | 'updated' | 'deleted', set: string, context: ApiContext): JsonObject {
  const users = usersOf(set, context)
  const details = users.map(({ index, analyzers }) => ({
    index,
    reloaded_analyzers: analyzers,
    reloaded_node_ids: [context.node.id],
  }))
  const shards = { total: users.length, successful: users.length, failed: 0 }
  return { result, reload_analyzers_details: { _shards: shards, reload_details: details } }
}

function listSets(request: ApiRequest, { definitions }: ApiContext): Answer {
  const all = definitions.of('synonyms_set').entries()
  const shown = page(all, request.query.integer('from') ?? 0, request.query.integer('size') ?? 10)
  return ok({
    count: all.length,
    results: shown.map(([name, set]) => ({ synonyms_set: name, count: rulesOf(set).length })),
  })
}

function getSet(request: ApiRequest, context: ApiContext): Answer {
  const [, rules] = existing(request, context)
  return ok({
    count: rules.length,
    synonyms_set: page(rules, request.query.integer('from') ?? 0, request.query.integer('size') ?? 10),
  })
}

async function putSet(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const name = required(request, 'set')
  checkDefinitionName('synonyms set', name)
  const body = request.json() ?? {}
  checkShape(body, { parser: 'synonyms_set', members: { synonyms_set: 'any' }, required: ['synonyms_set'] })
  const given = body['synonyms_set'] as JsonValue
  const rules = (Array.isArray(given) ? (given as readonly JsonValue[]) : [given]).map((rule) => parseRule(rule as JsonObject))
  if (rules.length > MAX_RULES) {
    throw illegalArgument(`The number of synonyms rules in a synonyms set cannot exceed ${MAX_RULES}, got ${rules.length}`)
  }
  const ids = new Set(rules.map(({ id }) => id))
  if (ids.size < rules.length) throw illegalArgument(`synonyms set [${name}] has two rules of one id`)
  const { version } = await context.definitions.of('synonyms_set').put(name, bodyOf(rules))
  return ok(changed(version === 1 ? 'created' : 'updated', name, context))
}

/** A rule without an id gets one. @throws ElkhornError 400 */
function parseRule(json: JsonObject, id?: string): Rule {
  checkShape(json, { parser: 'synonym_rule', members: { id: 'text', synonyms: 'text' }, required: ['synonyms'] })
  const synonyms = String(json['synonyms'])
  const sides = synonyms.split('=>')
  if (sides.length > 2) throw illegalArgument(`More than one explicit mapping specified in the same synonyms rule: [${synonyms}]`)
  if (sides.some((side) => side.split(',').every((term) => term.trim() === ''))) {
    throw illegalArgument(`Incorrect syntax for [${synonyms}]: a side has no term`)
  }
  const own = typeof json['id'] === 'string' ? json['id'] : undefined
  return { id: id ?? own ?? randomBytes(15).toString('base64url'), synonyms }
}

function getRule(request: ApiRequest, context: ApiContext): Answer {
  const [name, rules] = existing(request, context)
  const id = required(request, 'rule')
  const rule = rules.find((one) => one.id === id)
  if (!rule) throw notDefined(`synonym rule [${id}] not found on synonyms set [${name}]`)
  return ok(rule)
}

async function putRule(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const [name, rules] = existing(request, context)
  const rule = parseRule(request.json() ?? {}, required(request, 'rule'))
  const others = rules.filter(({ id }) => id !== rule.id)
  if (others.length >= MAX_RULES)
    throw illegalArgument(`The number of synonyms rules in a synonyms set cannot exceed ${MAX_RULES}`)
  await context.definitions.of('synonyms_set').put(name, bodyOf([...others, rule]))
  return ok(changed(others.length < rules.length ? 'updated' : 'created', name, context))
}

async function deleteRule(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const [name, rules] = existing(request, context)
  const rule = required(request, 'rule')
  const others = rules.filter(({ id }) => id !== rule)
  if (others.length === rules.length) throw notDefined(`synonym rule [${rule}] not found on synonyms set [${name}]`)
  await context.definitions.of('synonyms_set').put(name, bodyOf(others))
  return ok(changed('deleted', name, context))
}
