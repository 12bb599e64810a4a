import type { Random } from '../requests/random.ts'

/** Bytes that are no UTF-8, no JSON, or the beginning of something else. */
const STRAY = [
  'ff',
  'c0af',
  'eda080',
  'f8888080',
  '00',
  'efbbbf',
  'fffe',
  '1f8b0800',
  '5b',
  '7b',
  '22',
  '5c7530',
  '2c2c',
  '0d0a0d0a',
  '2d',
  '1e',
  '65',
].map((hex) => Buffer.from(hex, 'hex'))

/** The same bytes with some of them changed, cut, doubled, or with stray ones between. */
export function mutateBytes(random: Random, bytes: Buffer): Buffer {
  let changed = bytes
  for (let left = random.int(1, 4); left > 0; left--) {
    const at = random.int(0, changed.length)
    const to = Math.min(changed.length, at + random.int(1, 20))
    const part = changed.subarray(at, to)
    changed = random.pick<() => Buffer>([
      () => Buffer.concat([changed.subarray(0, at), random.pick(STRAY), changed.subarray(at)]),
      () => Buffer.concat([changed.subarray(0, at), random.pick(STRAY), changed.subarray(to)]),
      () => Buffer.concat([changed.subarray(0, at), changed.subarray(to)]),
      () => Buffer.concat([changed.subarray(0, to), part, part, changed.subarray(to)]),
      () => changed.subarray(0, at),
    ])()
  }
  return changed
}
