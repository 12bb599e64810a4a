import { utc } from '../../../core/dates/time-zone.ts'
import { classTable, type ClassTable } from '../class-table.ts'
import type { BoundFunction } from '../compile/compiling.ts'
import { illegalArgument } from '../java-error.ts'
import { Instant, ZonedDateTime } from '../values/temporal.ts'
import { JavaObject, type Value } from '../values/value.ts'

/** What `metadata()` gives to scripts that write documents: the same as `ctx._index` and its kin, by name. */
class Metadata extends JavaObject {
  readonly ctx: Record<string, unknown>

  constructor(ctx: Record<string, unknown>) {
    super()
    this.ctx = ctx
  }

  get className(): string {
    return 'org.elasticsearch.script.Metadata'
  }

  /** When the document was received: a pipeline's, else what the request was read at. */
  get now(): ZonedDateTime {
    const ingest = this.ctx['_ingest'] as { readonly timestamp?: unknown } | undefined
    const written = ingest?.timestamp ?? this.ctx['_now']
    const millis = typeof written === 'number' ? written : Date.parse(String(written))
    if (Number.isNaN(millis)) throw illegalArgument('now is unavailable for this script')
    return ZonedDateTime.ofInstant(Instant.ofEpochMilli(millis).utc, utc)
  }

  toText(): string {
    return 'Metadata'
  }
}

const NAMES = { Index: '_index', Id: '_id', Routing: '_routing', VersionType: '_version_type', Op: 'op' } as const

const metadataClass = classTable<Metadata>({
  name: 'org.elasticsearch.script.Metadata',
  methods: {
    ...Object.fromEntries(
      Object.entries(NAMES).flatMap(([name, key]) => [
        [`String get${name}()`, (self: Metadata): unknown => self.ctx[key] ?? null],
        [`void set${name}(String?)`, (self: Metadata, value: Value): void => void (self.ctx[key] = value)],
      ]),
    ),
    'def getVersion()': (self) => self.ctx['_version'] ?? null,
    'void setVersion(long)': (self, value: Value) => void (self.ctx['_version'] = value),
    'ZonedDateTime getNow()': (self) => self.now,
  },
})

export const metadataClasses: readonly ClassTable[] = [metadataClass]

export const metadataFunction: BoundFunction = {
  name: 'metadata',
  returns: 'org.elasticsearch.script.Metadata',
  parameters: [],
  call: (bindings) => new Metadata(bindings['ctx'] as Record<string, unknown>),
}
