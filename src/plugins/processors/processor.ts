import { ElkhornError } from '../../core/errors.ts'
import type { EnrichTable } from '../../core/enrich-table.ts'
import type { Clock } from '../../core/time.ts'
import type { Scripts } from '../../script/scripts.ts'
import type { GeoDatabase } from '../parsing/geoip.ts'
import type { UserAgentParser } from '../parsing/user-agent.ts'
import type { ProcessorConfig } from './processor-config.ts'
import type { IngestDocument } from './ingest-document.ts'

/** One step of an ingest pipeline. @throws ElkhornError for a document that it cannot handle */
export type Process = (document: IngestDocument) => void

/** What processors are made with. */
export interface ProcessorContext {
  readonly scripts: Scripts
  readonly clock: Clock
  /** Core grok patterns by name. */
  readonly grokPatterns: (set: 'legacy' | 'ecs-v1') => ReadonlyMap<string, string>
  readonly userAgents: UserAgentParser
  /** A database of `City`, `Country` or `ASN`; `undefined` where the machine has none. */
  readonly geoDatabase: (kind: string) => GeoDatabase | undefined
  /** What a policy has gathered; `undefined` for one that was never executed. */
  readonly enrichTable: (policy: string) => EnrichTable | undefined
  /** Makes the processor of `{ "name": { … } }`, with its `if`, `on_failure` and `ignore_failure`. */
  readonly nested: (json: unknown) => Process
  /** Runs a document through another pipeline. @throws ElkhornError where there is none, or it would run in circles */
  readonly runPipeline: (name: string, document: IngestDocument, ignoreMissing: boolean) => void
}

/** A processor: a value per file, listed in `index.ts`. */
export interface ProcessorType {
  /** As pipelines call it: `set`. */
  readonly name: string
  readonly summary: string
  /** @throws ElkhornError `parse_exception` naming the property */
  readonly create: (config: ProcessorConfig, context: ProcessorContext) => Process
}

/** Checks a processor's form. */
export function defineProcessor(type: ProcessorType): ProcessorType {
  return type
}

/** A property of a processor is missing or wrong. */
export function configError(
  reason: string,
  processor: string,
  tag: string | undefined,
  property: string | undefined,
): ElkhornError {
  return new ElkhornError('parse_exception', 400, property === undefined ? reason : `[${property}] ${reason}`, {
    details: {
      ...(processor === '' ? {} : { processor_type: processor }),
      ...(tag === undefined ? {} : { processor_tag: tag }),
      ...(property === undefined ? {} : { property_name: property }),
    },
  })
}
