import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { checkDefinitionName, checkShape, objectMember } from '../../index/definitions/body-shape.ts'
import type { Definition } from '../../index/definitions/definitions.ts'
import { matchesRule } from '../../index/definitions/query-rule.ts'
import type { ApiContext } from '../api-context.ts'
import { created, notDefined, page } from '../definitions/answers.ts'
import { acknowledged, ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { required } from './documents.ts'

const SET = '/_query_rules/{ruleset}'
const RULE = `${SET}/_rule/{rule}`
const GET = 'cluster:admin/xpack/query_rules/get'
const PUT = 'cluster:admin/xpack/query_rules/put'

/** Rules that say which documents come first, or not at all, for which query. */
export const queryRuleRoutes: readonly Route<ApiContext>[] = [
  { methods: ['GET'], paths: ['/_query_rules'], action: GET, params: ['from', 'size'], handler: list },
  { methods: ['GET'], paths: [SET], action: GET, handler: getSet },
  { methods: ['PUT'], paths: [SET], action: PUT, handler: putSet },
  {
    methods: ['DELETE'],
    paths: [SET],
    action: PUT,
    handler: async (request, context) => {
      const [name] = existing(request, context)
      await context.definitions.of('query_ruleset').delete(name)
      return acknowledged
    },
  },
  { methods: ['GET'], paths: [RULE], action: GET, handler: getRule },
  { methods: ['PUT'], paths: [RULE], action: PUT, handler: putRule },
  { methods: ['DELETE'], paths: [RULE], action: PUT, handler: deleteRule },
  { methods: ['POST'], paths: [`${SET}/_test`], action: GET, handler: test },
]

const rulesOf = ({ body }: Definition): readonly JsonObject[] => body['rules'] as readonly JsonObject[]

function existing(request: ApiRequest, { definitions }: ApiContext): readonly [string, readonly JsonObject[]] {
  const name = required(request, 'ruleset')
  const set = definitions.of('query_ruleset').find(name)
  if (!set) throw notDefined(name)
  return [name, rulesOf(set)]
}

const CRITERIA = ['global', 'exact', 'exact_fuzzy', 'fuzzy', 'prefix', 'suffix', 'contains', 'lt', 'lte', 'gt', 'gte', 'always']
const MAX_RULES = 100

/** @throws ElkhornError 400 */
function checkRule(rule: JsonObject): JsonObject {
  checkShape(rule, {
    parser: 'query_rule',
    members: { rule_id: 'text', type: 'text', criteria: 'any', actions: 'object', priority: 'number' },
    required: ['rule_id', 'type', 'criteria', 'actions'],
  })
  if (rule['type'] !== 'pinned' && rule['type'] !== 'exclude') {
    throw illegalArgument(`[type] must be [pinned] or [exclude], got [${String(rule['type'])}]`)
  }
  const criteria = (Array.isArray(rule['criteria']) ? rule['criteria'] : [rule['criteria']]) as readonly JsonValue[]
  if (criteria.length === 0) throw illegalArgument('[criteria] must not be empty')
  for (const one of criteria) {
    if (!isJsonObject(one)) throw illegalArgument('[criteria] must be objects')
    checkShape(one, { parser: 'criteria', members: { type: 'text', metadata: 'text', values: 'any' }, required: ['type'] })
    if (!CRITERIA.includes(String(one['type'])))
      throw illegalArgument(`[type] must be one of [${CRITERIA.join(', ')}], got [${String(one['type'])}]`)
    if (one['type'] !== 'always' && (one['metadata'] === undefined || one['values'] === undefined)) {
      throw illegalArgument(`[metadata] and [values] are required for criteria of type [${String(one['type'])}]`)
    }
  }
  const actions = objectMember(rule, 'actions')
  checkShape(actions, { parser: 'actions', members: { ids: 'texts', docs: 'objects' } })
  if ((actions['ids'] === undefined) === (actions['docs'] === undefined)) {
    throw illegalArgument(`${rule['type']} query rule actions must contain either ids or docs`)
  }
  return rule
}

async function putSet(request: ApiRequest, { definitions }: ApiContext): Promise<Answer> {
  const name = required(request, 'ruleset')
  checkDefinitionName('ruleset id', name)
  const body = request.json() ?? {}
  checkShape(body, { parser: 'query_ruleset', members: { rules: 'any' }, required: ['rules'] })
  const given = body['rules'] as JsonValue
  const rules = (Array.isArray(given) ? given : [given]).map((rule: JsonValue) => checkRule(rule as JsonObject))
  checkRules(rules)
  return created(await definitions.of('query_ruleset').put(name, { rules }))
}

function checkRules(rules: readonly JsonObject[]): void {
  if (rules.length > MAX_RULES)
    throw illegalArgument(`The number of rules in a ruleset cannot exceed [${MAX_RULES}], was [${rules.length}]`)
  if (new Set(rules.map((rule) => rule['rule_id'])).size < rules.length)
    throw illegalArgument('[rule_id] must be unique in a ruleset')
}

function getSet(request: ApiRequest, context: ApiContext): Answer {
  const [name, rules] = existing(request, context)
  return ok({ ruleset_id: name, rules })
}

function list(request: ApiRequest, { definitions }: ApiContext): Answer {
  const all = definitions.of('query_ruleset').entries()
  const shown = page(all, request.query.integer('from') ?? 0, request.query.integer('size') ?? 100)
  return ok({
    count: all.length,
    results: shown.map(([name, set]) => {
      const rules = rulesOf(set)
      const criteria = rules.flatMap((rule) => rule['criteria'] as JsonValue).filter(isJsonObject)
      return {
        ruleset_id: name,
        rule_total_count: rules.length,
        rule_criteria_types_counts: countBy(criteria.map((one) => String(one['type']))),
        rule_type_counts: countBy(rules.map((rule) => String(rule['type']))),
      }
    }),
  })
}

function countBy(words: readonly string[]): JsonObject {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return Object.fromEntries(counts)
}

function getRule(request: ApiRequest, context: ApiContext): Answer {
  const [, rules] = existing(request, context)
  const id = required(request, 'rule')
  const rule = rules.find((one) => one['rule_id'] === id)
  if (!rule) throw notDefined(id)
  return ok(rule)
}

/** A set that is not there yet begins with the rule. */
async function putRule(request: ApiRequest, { definitions }: ApiContext): Promise<Answer> {
  const name = required(request, 'ruleset')
  const id = required(request, 'rule')
  checkDefinitionName('ruleset id', name)
  const sets = definitions.of('query_ruleset')
  const before = sets.find(name)
  const rule = checkRule({ ...request.json(), rule_id: id })
  const rules = before ? rulesOf(before) : []
  const place = rules.findIndex((one) => one['rule_id'] === id)
  const changed = place < 0 ? [...rules, rule] : rules.with(place, rule)
  checkRules(changed)
  await sets.put(name, { rules: changed })
  return ok({ result: place < 0 ? 'created' : 'updated' })
}

/** A set without rules is gone. */
async function deleteRule(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const [name, rules] = existing(request, context)
  const id = required(request, 'rule')
  const rest = rules.filter((one) => one['rule_id'] !== id)
  if (rest.length === rules.length) throw notDefined(id)
  const sets = context.definitions.of('query_ruleset')
  if (rest.length === 0) await sets.delete(name)
  else await sets.put(name, { rules: rest })
  return acknowledged
}

function test(request: ApiRequest, context: ApiContext): Answer {
  const [name, rules] = existing(request, context)
  const body = request.json() ?? {}
  checkShape(body, { parser: 'test_query_ruleset', members: { match_criteria: 'object' }, required: ['match_criteria'] })
  const match = objectMember(body, 'match_criteria')
  const matched = rules.filter((rule) => matchesRule(rule, match))
  return ok({
    total_matched_rules: matched.length,
    matched_rules: matched.map((rule) => ({ ruleset_id: name, rule_id: rule['rule_id'] })),
  })
}
