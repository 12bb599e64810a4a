import type { ElasticsearchConfig } from './config.ts'

export interface HostAddress {
  readonly protocol: 'http' | 'https'
  readonly host: string
  readonly port: number
  readonly path: string
}

/** Reads `host`, `host:port` and URLs; none when the option is absent. @throws Error naming a host that is none */
export function parseHosts(config: Pick<ElasticsearchConfig, 'hosts' | 'ssl_enabled' | 'path' | 'port'>): readonly HostAddress[] {
  return (config.hosts ?? []).map((written) => {
    const protocol = config.ssl_enabled === true ? 'https' : 'http'
    const text = /^https?:\/\//.test(written) ? written : `${protocol}://${written}`
    if (!URL.canParse(text)) throw new Error(`[${written}] is no host: write elasticsearch:9200 or https://elasticsearch:9200`)
    const url = new URL(text)
    // The URL leaves out the port that is usual for its protocol.
    const explicit = /^https?:\/\/(?:[^/@]*@)?(?:\[[^\]]*\]|[^/:]*):(\d+)/.exec(text)?.[1]
    return {
      protocol: url.protocol === 'https:' ? 'https' : 'http',
      host: url.hostname,
      port: explicit === undefined ? (config.port ?? 9200) : Number(explicit),
      path: (config.path ?? (url.pathname === '/' ? '' : url.pathname)).replace(/\/$/, ''),
    }
  })
}
