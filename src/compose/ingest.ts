import type { Log } from '../core/log.ts'
import type { MetadataStore } from '../core/metadata-store.ts'
import type { Clock } from '../core/time.ts'
import type { EnrichPolicies } from '../index/enrich/enrich-policies.ts'
import { IngestPipelines } from '../ingest/ingest-pipelines.ts'
import { loadCorePatterns } from '../plugins/filters/grok/pattern-library.ts'
import { findGeoDatabase, geoFolders, openGeoDatabase, type GeoDatabase } from '../plugins/parsing/geoip.ts'
import { loadUserAgents } from '../plugins/parsing/user-agent.ts'
import { loadOniguruma } from '../script/regexp/oniguruma.ts'
import type { Scripts } from '../script/scripts.ts'

/** The ingest pipelines, with the patterns that their processors know by name. */
export async function createIngest(
  metadata: MetadataStore,
  scripts: Scripts,
  clock: Clock,
  /** Where databases of places may lie; none are looked for without. */
  places?: { readonly dataPath: string; readonly log: Log },
  enrich?: EnrichPolicies,
): Promise<IngestPipelines> {
  const geoDatabases = await openGeoDatabases(places)
  const [legacy, ecs, userAgents] = await Promise.all([
    loadCorePatterns('legacy'),
    loadCorePatterns('ecs-v1'),
    loadUserAgents(),
    loadOniguruma(),
  ])
  return new IngestPipelines({
    stored: metadata.section('ingest_pipelines'),
    clock,
    scripts,
    grokPatterns: (set) => (set === 'legacy' ? legacy : ecs),
    userAgents,
    geoDatabase: (kind) => geoDatabases.get(kind),
    enrichTable: (policy) => enrich?.table(policy),
  })
}

/** The databases that the machine has, in the data folder or where its packages put them. */
async function openGeoDatabases(
  places: { readonly dataPath: string; readonly log: Log } | undefined,
): Promise<ReadonlyMap<string, GeoDatabase>> {
  const databases = new Map<string, GeoDatabase>()
  if (places === undefined) return databases
  for (const kind of ['City', 'Country', 'ASN']) {
    const file = findGeoDatabase(kind, geoFolders(places.dataPath))
    if (file === undefined) continue
    try {
      databases.set(kind, await openGeoDatabase(file))
    } catch (error) {
      places.log.warn({ file, error: String(error) }, 'a database of places cannot be read: the geoip processor goes without it')
    }
  }
  return databases
}
