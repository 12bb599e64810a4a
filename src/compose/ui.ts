import { fileURLToPath } from 'node:url'
import type { MetadataStore } from '../core/metadata-store.ts'
import { systemClock } from '../core/time.ts'
import type { TlsIdentity } from '../core/tls.ts'
import { version } from '../core/version.ts'
import type { IndexContext } from '../index/index-context.ts'
import type { Security } from '../security/security.ts'
import { indexDocuments } from '../ui-api/documents.ts'
import { installContent } from '../ui-api/install-content.ts'
import { SavedObjects } from '../ui-api/saved-objects.ts'
import { createUiServer, type UiServer } from '../ui-api/server.ts'
import type { StartContext } from './services.ts'

export interface UiParts {
  readonly metadata: MetadataStore
  readonly security: Security
  readonly index: IndexContext
  readonly nodeId: string
  readonly tls: TlsIdentity | undefined
}

/** The page on 5601, with its ready-made data views and dashboards. */
export async function createUi(
  { config, log }: StartContext,
  { metadata, security, index, nodeId, tls }: UiParts,
): Promise<UiServer> {
  const objects = new SavedObjects(metadata, systemClock)
  const own = log.child({ service: 'ui' })
  await installContent(fileURLToPath(new URL('../../content', import.meta.url)), objects, own)
  return createUiServer({
    host: config.network.host,
    port: config.ui.port,
    pages: fileURLToPath(new URL('../web', import.meta.url)),
    documents: indexDocuments(index, nodeId),
    authenticator: security.authenticator,
    objects,
    version,
    clock: systemClock,
    log: own,
    tls,
  })
}
