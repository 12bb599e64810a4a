/** Who asks: a user, an API key of one, a device, or Elkhorn itself. */
export interface Principal {
  readonly name: string
  readonly kind: 'user' | 'api_key' | 'device' | 'internal'
  readonly roles: readonly string[]
  readonly realm: string
}

/** Elasticsearch's privileges on indices, as roles name them. */
export type IndexPrivilege =
  | 'all'
  | 'read'
  | 'write'
  | 'index'
  | 'create'
  | 'create_doc'
  | 'delete'
  | 'create_index'
  | 'delete_index'
  | 'manage'
  | 'monitor'
  | 'view_index_metadata'
  | 'maintenance'
  | 'auto_configure'
  | 'manage_ilm'
  | 'manage_data_stream_lifecycle'
  | 'cross_cluster_replication'
  | 'read_cross_cluster'

/**
 * What one principal may do with indices. Wildcards in a request expand to what it allows; a name that was written out
 * and is not allowed is a 403. Everything in `index/` that takes names takes an access with them.
 */
export interface IndexAccess {
  readonly principal: Principal
  allows(privilege: IndexPrivilege, index: string): boolean
  /** Query DSL that limits which documents of an index are seen (document-level security); `undefined` for no limit. */
  documents(index: string): unknown
  /** Field patterns that are seen (field-level security); `undefined` for all. */
  fields(index: string): { readonly grant: readonly string[]; readonly except: readonly string[] } | undefined
}

/** Elkhorn's own work: the sample data's templates, alerts, audit. Never handed to a request. */
export const internalAccess: IndexAccess = {
  principal: { name: '_elkhorn', kind: 'internal', roles: ['superuser'], realm: '__internal' },
  allows: () => true,
  documents: () => undefined,
  fields: () => undefined,
}
