import { parseIp, parseIpBlock } from '../../../core/ip.ts'
import { classTable, type ClassTable } from '../class-table.ts'
import { illegalArgument } from '../java-error.ts'
import { JavaObject } from '../values/value.ts'

/** A block of addresses, `10.0.0.0/8`, or one address. */
class Cidr extends JavaObject {
  readonly #text: string
  readonly #first: Uint8Array
  readonly #last: Uint8Array

  constructor(text: string) {
    super()
    const block = text.includes('/') ? parseIpBlock(text) : undefined
    const address = text.includes('/') ? undefined : parseIp(text)
    const first = block?.first ?? address
    if (first === undefined) throw illegalArgument(`'${text}' is not an IP string literal.`)
    this.#text = text
    this.#first = first
    this.#last = block?.last ?? first
  }

  get className(): string {
    return 'org.elasticsearch.painless.api.CIDR'
  }

  contains(text: string | null): boolean {
    if (text === null || text === '') return false
    const address = parseIp(text)
    if (!address) throw illegalArgument(`'${text}' is not an IP string literal.`)
    return Buffer.compare(this.#first, address) <= 0 && Buffer.compare(address, this.#last) <= 0
  }

  toText(): string {
    return this.#text
  }
}

const cidr = classTable<Cidr>({
  name: 'org.elasticsearch.painless.api.CIDR',
  constructors: { 'CIDR(String)': (text: string) => new Cidr(text) },
  methods: { 'boolean contains(String?)': (self, text: string | null) => self.contains(text) },
})

/** What Elasticsearch has and OpenSearch has not. */
export const cidrClasses: readonly ClassTable[] = [cidr]
