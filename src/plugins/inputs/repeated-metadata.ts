import type { Fields } from '../../core/event.ts'

/** The JSON of an event: `sizeBytes` of `bytes` from `start` on. */
export interface EventBytes {
  readonly bytes: Buffer
  readonly start: number
  readonly sizeBytes: number
}

/** What an event of Beats begins with: its time, and behind that its metadata. */
const BEFORE_TIME = Buffer.from('{"@timestamp":"')
const MAX_TIME_BYTES = 40
const QUOTE = 0x22
const BACKSLASH = 0x5c
/** A sender whose metadata change so often does not repeat them. */
const MAX_LEARNED = 100

/**
 * The `@metadata` that a sender repeats in each of its events, taken out of their JSON before it is parsed. Else each event
 * would have to be copied without it: half of what reading it takes besides parsing, and a tenth of its garbage.
 */
export class RepeatedMetadata {
  /** As it stands in JSON: `,"@metadata":{…}`. */
  #bytes: Buffer = Buffer.alloc(0)
  #fields: Fields = {}
  #learned = 0
  /** How many bytes came before it in the event that it was cut out of last. */
  #before = 0

  /** A copy: events have their own. */
  get fields(): Fields {
    return { ...this.#fields }
  }

  /** Remembers the metadata of an event, where it stands behind the time and holds texts only. */
  learn(event: EventBytes, metadata: Fields): void {
    const values = Object.values(metadata)
    if (this.#learned >= MAX_LEARNED || values.length === 0 || values.some((value) => typeof value !== 'string')) return
    this.#learned += 1
    const bytes = Buffer.from(`,"@metadata":${JSON.stringify(metadata)}`)
    const at = endOfTime(event)
    if (at === undefined || !standsAt(bytes, event, at)) return
    this.#bytes = bytes
    this.#fields = { ...metadata }
  }

  /**
   * Cuts the metadata out of an event that repeats it, by moving what comes before it up to what comes after it.
   * @returns by how many bytes the event begins later now; 0 where other metadata stands there, or none
   */
  cut(event: EventBytes): number {
    const { length } = this.#bytes
    if (length === 0) return 0
    const at = endOfTime(event)
    if (at === undefined || !standsAt(this.#bytes, event, at)) return 0
    const { bytes, start } = event
    bytes.copyWithin(start + length, start, at)
    this.#before = at - start
    return length
  }

  /** The text of the event that it was cut out of last, as it was. */
  putBack(text: string): string {
    return text.slice(0, this.#before) + this.#bytes.toString() + text.slice(this.#before)
  }
}

/** The place behind the time of an event and its quote. */
function endOfTime(event: EventBytes): number | undefined {
  const { bytes, start } = event
  if (!standsAt(BEFORE_TIME, event, start)) return undefined
  const from = start + BEFORE_TIME.length
  for (let at = from; at < from + MAX_TIME_BYTES; at++) {
    const byte = bytes[at] ?? 0
    if (byte === QUOTE) return at + 1
    // `putBack` counts characters.
    if (byte === BACKSLASH || byte < 32 || byte > 126) return undefined
  }
  return undefined
}

function standsAt(text: Buffer, { bytes, start, sizeBytes }: EventBytes, at: number): boolean {
  if (at + text.length > start + sizeBytes) return false
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false
  return true
}
