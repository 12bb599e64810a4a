import type { MetadataStore } from '../core/metadata-store.ts'
import type { Clock } from '../core/time.ts'
import { IngestPipelines } from '../ingest/ingest-pipelines.ts'
import { loadCorePatterns } from '../plugins/filters/grok/pattern-library.ts'
import { loadUserAgents } from '../plugins/parsing/user-agent.ts'
import { loadOniguruma } from '../script/regexp/oniguruma.ts'
import type { Scripts } from '../script/scripts.ts'

/** The ingest pipelines, with the patterns that their processors know by name. */
export async function createIngest(metadata: MetadataStore, scripts: Scripts, clock: Clock): Promise<IngestPipelines> {
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
  })
}
