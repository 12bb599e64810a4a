import { readFile } from 'node:fs/promises'
import { isJsonObject, type JsonObject } from '../../../core/json.ts'
import { reasonOf } from '../../../core/reason.ts'
import type { EcsCompatibility } from '../../context.ts'
import type { RolloverSetup, StoreSetup, TemplateSetup } from '../../store-setup.ts'
import type { ElasticsearchConfig } from './config.ts'
import { logstashTemplate } from './logstash-template.ts'
import { usesDataStream } from './operation.ts'

/** What Logstash's own policy says: a new index after 50 GB or 30 days. */
const PHASES = { hot: { actions: { rollover: { max_size: '50gb', max_age: '30d' } } } }

/**
 * What an output makes sure of before it writes, as Logstash's does: its template, and the first index behind the alias that
 * it writes to. Data streams bring their own.
 *
 * @throws Error naming the file of a template that cannot be read
 */
export async function setupOf(config: ElasticsearchConfig, ecs: EcsCompatibility): Promise<StoreSetup> {
  if (usesDataStream(config, ecs)) return {}
  const rollover = rolloverOf(config)
  const body = config.manage_template ? await templateOf(config, ecs) : undefined
  return { rollover, template: body === undefined ? undefined : templateSetup(body, config, ecs, rollover) }
}

function rolloverOf({ ilm_enabled: enabled, ilm_rollover_alias: alias, ...ilm }: ElasticsearchConfig): RolloverSetup | undefined {
  if (enabled === 'false' || alias === undefined) return undefined
  return { alias, firstIndex: `<${alias}-${ilm.ilm_pattern}>`, policy: ilm.ilm_policy, phases: PHASES }
}

/** The user's template, or Logstash's where it says anything about the indices that are written to. */
async function templateOf(config: ElasticsearchConfig, ecs: EcsCompatibility): Promise<JsonObject | undefined> {
  const { template: file, index = 'logstash-' } = config
  if (file !== undefined) return readTemplate(file)
  const isOwn = config.ilm_enabled !== 'false' && config.ilm_rollover_alias !== undefined
  return ecs === 'disabled' && (isOwn || index.startsWith('logstash-')) ? logstashTemplate : undefined
}

async function readTemplate(file: string): Promise<JsonObject> {
  try {
    const body: unknown = JSON.parse(await readFile(file, 'utf8'))
    if (isJsonObject(body)) return body
  } catch (error) {
    throw new Error(`the template ${file} cannot be read: ${reasonOf(error)}`, { cause: error })
  }
  throw new Error(`the template ${file} is no JSON object`)
}

function templateSetup(
  body: JsonObject,
  config: ElasticsearchConfig,
  ecs: EcsCompatibility,
  rollover: RolloverSetup | undefined,
): TemplateSetup {
  const { template_api: api, template_name: name, template_overwrite: overwrite } = config
  const isComposable = isJsonObject(body['template']) || body['composed_of'] !== undefined || body['data_stream'] !== undefined
  const kind = api === 'composable' || (api === 'auto' && isComposable) ? 'composable' : 'legacy'
  return {
    kind,
    name: name ?? rollover?.alias ?? (ecs === 'disabled' ? 'logstash' : 'ecs-logstash'),
    body: rollover === undefined ? body : withRollover(body, kind, rollover),
    overwrite,
  }
}

/** The template for the indices behind an alias, whatever names it was about. */
function withRollover(body: JsonObject, kind: TemplateSetup['kind'], { alias, policy }: RolloverSetup): JsonObject {
  const { template: inner, ...outer } = body
  const holder = kind === 'composable' && isJsonObject(inner) ? inner : outer
  const settings = {
    ...(isJsonObject(holder['settings']) ? holder['settings'] : {}),
    'index.lifecycle.name': policy,
    'index.lifecycle.rollover_alias': alias,
  }
  const patterns = { index_patterns: [`${alias}-*`] }
  return kind === 'composable'
    ? { ...outer, ...patterns, template: { ...holder, settings } }
    : { ...outer, ...patterns, settings }
}
