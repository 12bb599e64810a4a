export interface HostAddress {
  readonly protocol: 'http' | 'https'
  readonly host: string
  readonly port: number
  readonly path: string
  /** `user:password` of the URL. */
  readonly credentials?: string | undefined
}

interface ClusterHosts {
  readonly hosts?: readonly string[] | undefined
  /** Id of a deployment of Elastic Cloud; hosts are not looked at then. */
  readonly cloud_id?: string | undefined
  /** What hosts without a protocol speak. */
  readonly ssl_enabled?: boolean | undefined
  /** Before every request. */
  readonly path?: string | undefined
  /** Of hosts that name none. */
  readonly port?: number | undefined
}

/** Reads `host`, `host:port` and URLs; none when no host is named. @throws Error naming what is no host or id */
export function parseHosts(cluster: ClusterHosts): readonly HostAddress[] {
  const { cloud_id: cloudId } = cluster
  if (cloudId !== undefined) return [cloudAddress(cloudId, cluster.path ?? '')]
  return (cluster.hosts ?? []).map((written) => {
    const protocol = cluster.ssl_enabled === true ? 'https' : 'http'
    const text = /^https?:\/\//.test(written) ? written : `${protocol}://${written}`
    if (!URL.canParse(text)) throw new Error(`[${written}] is no host: write elasticsearch:9200 or https://elasticsearch:9200`)
    const url = new URL(text)
    // The URL leaves out the port that is usual for its protocol.
    const explicit = /^https?:\/\/(?:[^/@]*@)?(?:\[[^\]]*\]|[^/:]*):(\d+)/.exec(text)?.[1]
    return {
      protocol: url.protocol === 'https:' ? 'https' : 'http',
      host: url.hostname,
      port: explicit === undefined ? (cluster.port ?? 9200) : Number(explicit),
      path: (cluster.path ?? (url.pathname === '/' ? '' : url.pathname)).replace(/\/$/, ''),
      ...(url.username !== '' && { credentials: `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}` }),
    }
  })
}

/** An id is `name:…`, or that without the name: domain, cluster and others with `$` between them, in Base64. */
function cloudAddress(id: string, path: string): HostAddress {
  const [domain = '', cluster = ''] = Buffer.from(id.slice(id.lastIndexOf(':') + 1), 'base64')
    .toString()
    .split('$')
  const [, host, hostPort] = /^([A-Za-z0-9.-]+)(?::(\d+))?$/.exec(domain) ?? []
  const [, name, ownPort] = /^([A-Za-z0-9-]+)(?::(\d+))?$/.exec(cluster) ?? []
  if (host === undefined || name === undefined || name === 'undefined')
    throw new Error(`[${id}] is no cloud_id: copy it from the page of the deployment`)
  const port = Number(ownPort ?? hostPort ?? 443)
  return { protocol: 'https', host: `${name}.${host}`, port, path: path.replace(/\/$/, '') }
}
