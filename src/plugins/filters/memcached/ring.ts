import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** Points of each server on the ring: what libmemcached and the clients after it agree on. */
const POINTS = 160

/**
 * Which of several servers has a key: the one whose point on the ring comes before the key's. As the client of Logstash's
 * filter does it, so that both find what the other has put there.
 * @param servers `host:port` each
 */
export function serverRing(servers: readonly string[]): (key: string) => number {
  if (servers.length === 1) return () => 0
  const points = servers
    .flatMap((name, server) =>
      Array.from({ length: POINTS }, (_, n) => ({
        at: createHash('sha1').update(`${name}:${n}`).digest().readUInt32BE(0),
        server,
      })),
    )
    .sort((a, b) => a.at - b.at)
  return (key) => {
    const at = crc32(key)
    return (points.findLast((point) => point.at <= at) ?? points.at(-1))?.server ?? 0
  }
}
