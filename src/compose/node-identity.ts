import type { MetadataStore } from '../core/metadata-store.ts'

/** What tells this data folder from every other one. Made at the first start and never changed. */
export interface NodeIdentity {
  readonly nodeId: string
  readonly clusterUuid: string
}

/** @param newUuid 22 characters of URL-safe Base64 */
export async function loadNodeIdentity(metadata: MetadataStore, newUuid: () => string): Promise<NodeIdentity> {
  const section = metadata.section<NodeIdentity>('node')
  const known = section.get('identity')
  if (known) return known
  const made: NodeIdentity = { nodeId: newUuid(), clusterUuid: newUuid() }
  await section.put('identity', made)
  return made
}
