import { illegalArgument } from '../../core/errors.ts'
import { formatIp } from '../../core/ip.ts'
import type { JsonObject } from '../../core/json.ts'
import { bool, int, readObject, text } from '../dsl/reading.ts'
import { ipv4Netmask } from '../ip-network.ts'
import type { AggregationDefinition, BucketSkeleton } from './definition.ts'
import { bindSource } from './values-source.ts'

/** Buckets of the networks that addresses are in: those with so many first bits in common. */
export const ipPrefix: AggregationDefinition = {
  name: 'ip_prefix',
  holdsOthers: true,
  parse(json, at) {
    const spec = { field: text, prefix_length: int, is_ipv6: bool, append_prefix_length: bool, keyed: bool, min_doc_count: int }
    const read = readObject(json, at, spec, 'object')
    const { field: path, prefix_length: prefixLength, is_ipv6: isIpv6 = false, min_doc_count: minDocCount = 1 } = read
    const { append_prefix_length: appends = false, keyed = false } = read
    if (path === undefined || prefixLength === undefined)
      throw illegalArgument(`Required [${path === undefined ? 'field' : 'prefix_length'}]`)
    const most = isIpv6 ? 128 : 32
    if (prefixLength < 0 || prefixLength > most) {
      throw illegalArgument(
        `[prefix_length] must be in range [0, ${most}] while value is [${prefixLength}] for ${isIpv6 ? 'IPv6' : 'IPv4'} addresses`,
      )
    }
    if (minDocCount < 1) throw illegalArgument(`[min_doc_count] must be greater than 0 but was [${minDocCount}]`)
    return {
      bind(context) {
        const request = { field: path, missing: undefined, format: undefined }
        const { source } = bindSource(request, 'ip_prefix', 'addresses', context)
        return {
          aggregation: { kind: 'ip_prefix', source, isIpv6, prefixLength, minDocCount },
          typedKey: 'ip_prefix',
          shape(result) {
            const buckets = (result.kind === 'buckets' ? result.buckets : []).map(
              ({ key, docCount, children }): BucketSkeleton => {
                const first = key instanceof Uint8Array ? formatIp(key) : String(key)
                const name = appends ? `${first}/${prefixLength}` : first
                const members: JsonObject = {
                  ...(keyed ? {} : { key: name }),
                  is_ipv6: isIpv6,
                  prefix_length: prefixLength,
                  ...(isIpv6 ? {} : { netmask: ipv4Netmask(prefixLength) }),
                  doc_count: docCount,
                }
                return { key, name, json: members, docCount, results: children }
              },
            )
            return { kind: 'multi', json: {}, keyed, buckets }
          },
        }
      },
    }
  },
}
