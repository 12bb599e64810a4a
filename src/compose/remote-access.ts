import { readFile } from 'node:fs/promises'
import type { RemoteAccess } from '../api/by-query/read-remote.ts'
import type { Config } from '../config/schema.ts'

/** `reindex.remote` and `reindex.ssl`. @throws Error with one line when an authority cannot be read */
export async function loadRemoteAccess({ reindex: { remote, ssl } }: Config): Promise<RemoteAccess> {
  const ca = await Promise.all(
    ssl.certificate_authorities.map((path) =>
      readFile(path).catch((cause: Error) => {
        throw new Error(`cannot read reindex.ssl.certificate_authorities [${path}]: ${cause.message}`, { cause })
      }),
    ),
  )
  return { allowed: remote.whitelist, tls: { ca, rejectUnauthorized: ssl.verification_mode === 'full' } }
}
