import { illegalArgument } from '../../core/errors.ts'
import { formatIp, parseIp, parseIpBlock } from '../../core/ip.ts'
import type { JsonObject } from '../../core/json.ts'
import { bool, listOf, optionalText, readObject, text } from '../dsl/reading.ts'
import type { AggregationDefinition, BucketSkeleton } from './definition.ts'
import { bindSource, readSource, sourceMembers } from './values-source.ts'

interface IpRange {
  readonly key: string
  readonly from: Uint8Array | undefined
  readonly to: Uint8Array | undefined
}

/** Buckets of addresses: from one to before another, or those of a network. */
export const ipRange: AggregationDefinition = {
  name: 'ip_range',
  holdsOthers: true,
  parse(json, at, name) {
    const read = readObject(
      json,
      at,
      {
        ...sourceMembers,
        keyed: bool,
        ranges: listOf((value, place) =>
          readObject(value, place, { key: text, from: optionalText, to: optionalText, mask: optionalText }, 'object'),
        ),
      },
      'object',
    )
    const request = readSource(read, 'ip_range')
    const asked = read.ranges ?? []
    if (asked.length === 0) throw illegalArgument(`No [ranges] specified for the [${name}] aggregation`)
    const ranges = asked
      .map(({ key, from, to, mask }): IpRange => {
        if (mask !== undefined) return networkRange(mask, key)
        return { key: key ?? `${from ?? '*'}-${to ?? '*'}`, from: address(from), to: address(to) }
      })
      .toSorted((a, b) => compare(a.from, b.from, -1) || compare(a.to, b.to, 1))
    const keyed = read.keyed ?? false
    return {
      bind(context) {
        const { source } = bindSource(request, 'ip_range', 'addresses', context)
        const engineRanges = ranges.map(({ key, from, to }) => ({ key, ...(from ? { from } : {}), ...(to ? { to } : {}) }))
        return {
          aggregation: { kind: 'range', source, ranges: engineRanges },
          typedKey: 'ip_range',
          shape(result) {
            const found = result.kind === 'buckets' ? result.buckets : []
            const buckets = ranges.map(({ key, from, to }, index): BucketSkeleton => {
              const bucket = found[index]
              const docCount = bucket?.docCount ?? 0
              const json: JsonObject = {
                ...(keyed ? {} : { key }),
                ...(from ? { from: formatIp(from) } : {}),
                ...(to ? { to: formatIp(to) } : {}),
                doc_count: docCount,
              }
              return { key, name: key, json, docCount, results: bucket?.children }
            })
            return { kind: 'multi', json: {}, keyed, buckets }
          },
        }
      },
    }
  },
}

function address(written: string | undefined): Uint8Array | undefined {
  if (written === undefined) return undefined
  const bytes = parseIp(written)
  if (!bytes) throw illegalArgument(`'${written}' is not an IP string literal.`)
  return bytes
}

function networkRange(mask: string, key: string | undefined): IpRange {
  const block = parseIpBlock(mask)
  if (!block) throw illegalArgument(`Expected [ip/prefix] but was [${mask}]`)
  const isFirst = block.first.every((byte) => byte === 0)
  return { key: key ?? mask, from: isFirst ? undefined : block.first, to: after(block.last) }
}

/** The next address; `undefined` after the last one. */
function after(address: Uint8Array): Uint8Array | undefined {
  const next = Uint8Array.from(address)
  for (let i = next.length - 1; i >= 0; i--) {
    next[i] = ((next[i] ?? 0) + 1) & 0xff
    if (next[i] !== 0) return next
  }
  return undefined
}

/** `open` tells where an end without a limit lies. */
function compare(a: Uint8Array | undefined, b: Uint8Array | undefined, open: 1 | -1): number {
  if (!a || !b) return a === b ? 0 : a ? -open : open
  const at = a.findIndex((byte, i) => byte !== b[i])
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0)
}
