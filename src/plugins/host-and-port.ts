export interface HostAndPort {
  readonly host: string
  readonly port: number
}

/** `host`, `host:port`, an address of IPv6, with its port in brackets. `undefined` when it is none of them. */
export function findHostAndPort(written: string, defaultPort: number): HostAndPort | undefined {
  if (/^[0-9a-f]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(written)) return { host: written, port: defaultPort }
  const [, inBrackets, name, port] = /^(?:\[([^\]]+)\]|([^:\s]+))(?::(\d+))?$/.exec(written) ?? []
  const host = inBrackets ?? name
  return host === undefined ? undefined : { host, port: port === undefined ? defaultPort : Number(port) }
}
