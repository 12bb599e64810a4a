import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { AliasRecord, IndexState } from '../index-state.ts'
import type { IndexContext } from '../index-context.ts'
import { compileMapping } from '../mapping/compile-mapping.ts'
import { addedFields } from '../mapping/learn.ts'
import { checkLimits } from '../mapping/limits.ts'
import { emptyMapping, type Mapping } from '../mapping/mapping.ts'
import { mergeMappings } from '../mapping/merge-mappings.ts'
import { parseMapping } from '../mapping/parse-mapping.ts'
import { checkAliasName, parseIndexName } from '../names/index-name.ts'
import { resolveDateMathName } from '../names/date-math-name.ts'
import { checkAnalyzers } from '../mapping/check-analyzers.ts'
import { checkRuntimeFields } from '../mapping/check-runtime-fields.ts'
import { analysisOf } from '../settings/analysis-settings.ts'
import { checkNewSettings } from '../settings/index-settings.ts'
import { mappingLimits } from '../settings/mapping-limits.ts'
import type { Settings, SettingsChange } from '../settings/settings-json.ts'
import { composeFor, nothing, type ComposedTemplate } from '../templates/compose.ts'

/** What a request for a new index says; templates say the rest. */
export interface CreateIndexRequest {
  readonly name: string
  readonly settings?: SettingsChange
  readonly mappings?: JsonObject
  readonly aliases?: Readonly<Record<string, AliasRecord>>
  /** Nothing but what the request says. */
  readonly withoutTemplates?: boolean
}

/** `version.created` in index settings, as Elasticsearch 8.19 numbers itself. */
const VERSION_CREATED = '8536000'

/**
 * Makes an index from a request and the templates that match its name.
 * @throws ElkhornError `resource_already_exists_exception`, `invalid_index_name_exception`, `illegal_argument_exception`, …
 */
export async function createIndex(context: IndexContext, request: CreateIndexRequest): Promise<IndexState> {
  const name = parseIndexName(resolveDateMathName(request.name, context.clock.now()))
  checkFree(context, name)
  const hidden = request.settings?.['index.hidden'] === 'true'
  const composed = request.withoutTemplates === true ? nothing : composeFor(context.catalog, name, { hidden })
  if (composed.dataStream) {
    throw illegalArgument(
      `cannot create index with name [${name}], because it matches with template [${composed.names.join(',')}] that creates data streams only, use create data stream api instead`,
    )
  }
  const index = addIndex(context, name, request, composed)
  await index.ready
  await context.catalog.durable()
  return index
}

/**
 * Adds an index to the catalog and has the engine make it: `ready` of the index settles when it has. For callers that
 * checked the name.
 */
export function addIndex(
  context: IndexContext,
  name: string,
  request: Omit<CreateIndexRequest, 'name'> & { readonly providedName?: string },
  composed: ComposedTemplate,
): IndexState {
  const settings = newIndexSettings(context, request, composed, request.providedName ?? name)
  const requested = request.mappings ? parseMapping(request.mappings) : emptyMapping
  const mapping = mergeMappings(composed.mapping, requested, 'template')
  const aliases = resolveAliasNames({ ...composed.aliases, ...request.aliases }, name)
  for (const [alias, record] of Object.entries(aliases)) checkAlias(context, alias, name, record)
  const compiled = compileChecked(mapping, settings)
  checkAnalyzers(compiled, analysisOf(settings, context.catalog.synonymSets))
  checkRuntimeFields(compiled, context.scripts)
  const index = context.catalog.addIndex(
    name,
    { uuid: String(settings['index.uuid']), createdAt: Number(settings['index.creation_date']), settings, aliases },
    compiled,
  )
  index.ready = context.engine.createIndex(index)
  // Whoever writes or searches awaits `ready`; a failure that nobody awaits is in the log.
  index.ready.catch((error: unknown) =>
    context.log.error({ index: name, error: String(error) }, 'engine could not make an index'),
  )
  return index
}

/** @throws ElkhornError when parts of the mapping do not fit together or limits are crossed */
function compileChecked(mapping: Mapping, settings: Settings): ReturnType<typeof compileMapping> {
  checkLimits(mapping, mappingLimits(settings), addedFields(emptyMapping, mapping))
  return compileMapping(mapping, [])
}

/** @throws ElkhornError when an index, an alias or a data stream has the name already */
export function checkFree(context: IndexContext, name: string): void {
  const existing = context.catalog.findIndex(name)
  if (existing) {
    throw new ElkhornError('resource_already_exists_exception', 400, `index [${name}/${existing.uuid}] already exists`, {
      details: { index_uuid: existing.uuid, index: name },
    })
  }
  if (context.catalog.findAlias(name)) {
    throw new ElkhornError('invalid_index_name_exception', 400, `Invalid index name [${name}], already exists as alias`, {
      details: { index_uuid: '_na_', index: name },
    })
  }
  if (context.catalog.findDataStream(name)) {
    throw new ElkhornError('resource_already_exists_exception', 400, `data_stream [${name}] already exists`)
  }
}

function newIndexSettings(
  context: IndexContext,
  request: Pick<CreateIndexRequest, 'settings'>,
  composed: ComposedTemplate,
  providedName: string,
): Settings {
  const asked = checkNewSettings(request.settings ?? {})
  const withNulls = Object.fromEntries(Object.entries(composed.settings).filter(([key]) => request.settings?.[key] !== null))
  return {
    'index.number_of_shards': '1',
    'index.number_of_replicas': '1',
    ...withNulls,
    ...asked,
    'index.creation_date': String(context.clock.now()),
    'index.uuid': context.newUuid(),
    'index.version.created': VERSION_CREATED,
    'index.provided_name': providedName,
  }
}

/** `{index}` in an alias name stands for the index. */
function resolveAliasNames(aliases: Readonly<Record<string, AliasRecord>>, index: string): Readonly<Record<string, AliasRecord>> {
  return Object.fromEntries(Object.entries(aliases).map(([alias, record]) => [alias.replaceAll('{index}', index), record]))
}

/** @throws ElkhornError `invalid_alias_name_exception`; `illegal_state_exception` for a second write index */
export function checkAlias(context: IndexContext, alias: string, index: string, record: AliasRecord): void {
  checkAliasName(alias)
  if (context.catalog.findIndex(alias) || context.catalog.findDataStream(alias) || alias === index) {
    throw new ElkhornError(
      'invalid_alias_name_exception',
      400,
      `Invalid alias name [${alias}]: an index or data stream exists with the same name as the alias`,
      { details: { index_uuid: '_na_', index: alias } },
    )
  }
  if (record.is_write_index !== true) return
  const others = [...(context.catalog.findAlias(alias)?.indices ?? [])].filter(
    ([name, other]) => name !== index && other.is_write_index === true,
  )
  if (others.length > 0) {
    const names = [...others.map(([name]) => name), index].sort()
    throw new ElkhornError('illegal_state_exception', 400, `alias [${alias}] has more than one write index [${names.join(',')}]`)
  }
}
