import { createHash } from 'node:crypto'

/**
 * Ids that the engine makes: 20 characters of the URL-safe base64 alphabet, as Elasticsearch's are. The first twelve are
 * the index's own (72 bits of a hash of its uuid), the last eight its sequence number (48 bits, big-endian), so an id is
 * never stored and is found by decoding.
 */
export interface GeneratedIds {
  idOf(seqNo: number): string
  /** The sequence number of an id that was made for this index; `undefined` for any other id. */
  seqNoOf(id: string): number | undefined
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const ID_LENGTH = 20
const PREFIX_LENGTH = 12
/** Characters at the end of an id that tell its sequence number. */
export const SEQ_NO_CHARACTERS = 8
const PREFIX_BYTES = 9
/** Sequence numbers that eight characters can tell apart. */
const MAX_SEQ_NO = 2 ** 48 - 1

/** Two characters for each twelve bits. */
const PAIRS = Array.from({ length: 4096 }, (_, bits) => (ALPHABET[bits >> 6] ?? '') + (ALPHABET[bits & 63] ?? ''))

export function generatedIds(uuid: string): GeneratedIds {
  const prefix = createHash('sha256').update(uuid).digest().subarray(0, PREFIX_BYTES).toString('base64url')
  let high = -1
  let highText = ''
  return {
    idOf(seqNo) {
      if (!(seqNo >= 0 && seqNo <= MAX_SEQ_NO)) throw new Error(`no id for the sequence number ${seqNo}`)
      const top = Math.floor(seqNo / 2 ** 24)
      if (top !== high) {
        high = top
        highText = prefix + (PAIRS[top >> 12] ?? '') + (PAIRS[top & 4095] ?? '')
      }
      return highText + (PAIRS[(seqNo >> 12) & 4095] ?? '') + (PAIRS[seqNo & 4095] ?? '')
    },
    seqNoOf(id) {
      if (id.length !== ID_LENGTH || !id.startsWith(prefix)) return undefined
      let seqNo = 0
      for (let i = PREFIX_LENGTH; i < ID_LENGTH; i++) {
        const digit = ALPHABET.indexOf(id.charAt(i))
        if (digit < 0) return undefined
        seqNo = seqNo * 64 + digit
      }
      return seqNo
    },
  }
}
