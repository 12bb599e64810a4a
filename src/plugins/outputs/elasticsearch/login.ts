import { basicAuthorization } from '../../http-client.ts'
import type { HostAddress } from './hosts.ts'

interface ClusterLogin {
  readonly user?: string | undefined
  readonly password?: string | undefined
  /** `id:key`, or both encoded in Base64. */
  readonly api_key?: string | undefined
  /** `user:password` of a deployment in the cloud. */
  readonly cloud_auth?: string | undefined
}

/** The header that logs in to a cluster: as the options say, else as the URL of the host does; none where nothing is said. */
export function clusterAuthorization(login: ClusterLogin, { credentials }: HostAddress): { readonly authorization?: string } {
  const { user, password = '', api_key: key, cloud_auth: cloud } = login
  if (key !== undefined) return { authorization: `ApiKey ${key.includes(':') ? Buffer.from(key).toString('base64') : key}` }
  if (user !== undefined && user !== '') return { authorization: basicAuthorization(user, password) }
  const pair = cloud ?? credentials
  return pair === undefined ? {} : { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}
