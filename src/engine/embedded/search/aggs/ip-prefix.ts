import type { BucketAggregation } from '../../../../query/aggregation.ts'
import { IPV4_BITS_BEFORE } from '../../../../query/ip-network.ts'
import { sql, type Sql } from '../../sql.ts'
import type { BindContext, BucketBinding } from './bucket-binding.ts'
import { keyValue, once, readTerm } from './bucket-key.ts'
import { fieldInput } from './field-input.ts'

type IpPrefix = Extract<BucketAggregation, { kind: 'ip_prefix' }>

/** More buckets than any answer may have. */
const MAX_NETWORKS = 1_000_000

/** Addresses of IPv4 lie in one network of IPv6's. */
export function bindIpPrefix({ source, isIpv6, prefixLength, minDocCount }: IpPrefix, { targets }: BindContext): BucketBinding {
  const input = fieldInput(source, targets)
  const bits = isIpv6 ? prefixLength : IPV4_BITS_BEFORE + prefixLength
  const isMeant = (address: Sql): Sql =>
    sql`((IPv6CIDRToRange(${address}, ${IPV4_BITS_BEFORE}).1 = toIPv6('::ffff:0:0')) = ${isIpv6 ? 0 : 1})`
  const network = (address: Sql): Sql => sql`IPv6CIDRToRange(${address}, ${bits}).1`
  const known = (address: Sql): Sql => sql`assumeNotNull(${address})`
  const scope = targets.map(({ layout }) => layout.uuid).join(',')
  return {
    key: {
      several: input.several && input.type === 'ip',
      sql: (target) => {
        // No row has the field, or it holds addresses in some indices alone.
        if (input.type !== 'ip') return sql`CAST(NULL AS Nullable(IPv6))`
        const value = input.sql(target)
        if (input.several) return once(sql`arrayMap(x -> ${network(sql`x`)}, arrayFilter(x -> ${isMeant(sql`x`)}, ${value}))`)
        return sql`if(isNotNull(${value}) AND ${isMeant(known(value))}, toNullable(${network(known(value))}), NULL)`
      },
      read: readTerm('ip'),
    },
    shape: 'buckets',
    keyOf: (raw) => keyValue(raw, 'ip'),
    order: [{ by: '_key', order: 'asc' }],
    limit: { size: MAX_NETWORKS, minDocCount, cardinalityOf: `${scope} ${source.field} /${bits}` },
  }
}
