import { setOwn, type Fields, type FieldValue } from '../../../core/event.ts'
import { octetsText } from '../../../protocols/snmp/octets-text.ts'

/** As much of the package `net-snmp` as is used. */
export interface SnmpPackage {
  readonly Version1: number
  readonly Version2c: number
  readonly ObjectType: Readonly<Record<string, number>>
  readonly OidFormat: { readonly path: string; readonly module: string }
  readonly AuthProtocols: Readonly<Record<string, number>>
  readonly PrivProtocols: Readonly<Record<string, number>>
  readonly SecurityLevel: Readonly<Record<string, number>>
  createSession(host: string, community: string, options: object): Session
  createV3Session(host: string, user: object, options: object): Session
  createModuleStore(): ModuleStore
  isVarbindError(variable: Variable): boolean
}

export interface ModuleStore {
  loadFromFile(path: string): void
  /** @throws Error when no module names it */
  translate(oid: string, format: string): string
}

interface Session {
  get(oids: readonly string[], done: (error: Error | null, variables?: readonly Variable[]) => void): void
  /** `feed` ends the walk by answering true. */
  subtree(
    oid: string,
    maxRepetitions: number,
    feed: (variables: readonly Variable[]) => boolean,
    done: (error: Error | null) => void,
  ): void
  on(event: 'error', handle: (error: Error) => void): void
  close(): void
}

interface Variable {
  readonly oid: string
  readonly type: number
  readonly value: unknown
}

export interface SnmpHost {
  readonly address: string
  readonly port: number
  readonly community: string
  readonly version: '1' | '2c' | '3'
  readonly retries: number
  readonly timeoutMs: number
}

/** A user of version 3, in the package's words. */
export type SnmpUser = Readonly<Record<string, string | number>>

/** An object and its value; an object id tells that its value is one. */
export interface SnmpObject {
  readonly oid: string
  readonly value: FieldValue
  readonly isOid: boolean
}

/** Objects of one walk: where there are more, the event would be larger than anybody wants. */
const MAX_OBJECTS = 100_000
const REPETITIONS = 20

/** What is asked of one agent. All reject with an Error when it does not answer in time, or refuses. */
export class SnmpAgent {
  readonly #library: SnmpPackage
  readonly #session: Session

  constructor(library: SnmpPackage, host: SnmpHost, user: SnmpUser | undefined) {
    const { address, port, retries, timeoutMs: timeout } = host
    const transport = address.includes(':') ? 'udp6' : 'udp4'
    const options = { port, retries, timeout, transport, idBitsSize: 32 }
    this.#library = library
    this.#session =
      host.version === '3'
        ? library.createV3Session(address, user ?? {}, options)
        : library.createSession(address, host.community, {
            ...options,
            version: host.version === '1' ? library.Version1 : library.Version2c,
          })
    this.#session.on('error', () => undefined) // whoever asked is told by its own answer, or by the time limit
  }

  get(oids: readonly string[]): Promise<readonly SnmpObject[]> {
    return new Promise((resolve, reject) => {
      this.#session.get(oids, (error, variables = []) => {
        if (error === null) resolve(variables.flatMap((variable) => this.#object(variable)))
        else reject(error)
      })
    })
  }

  /** All objects below one. */
  walk(oid: string): Promise<readonly SnmpObject[]> {
    const objects: SnmpObject[] = []
    const feed = (variables: readonly Variable[]): boolean => {
      for (const variable of variables) objects.push(...this.#object(variable))
      return objects.length >= MAX_OBJECTS
    }
    return new Promise((resolve, reject) => {
      this.#session.subtree(oid, REPETITIONS, feed, (error) => {
        if (error !== null) reject(error)
        else if (objects.length >= MAX_OBJECTS) reject(new Error(`there are ${MAX_OBJECTS} objects below [${oid}], or more`))
        else resolve(objects)
      })
    })
  }

  close(): void {
    this.#session.close()
  }

  /** None where the agent says that there is no such object. */
  #object(variable: Variable): SnmpObject[] {
    if (this.#library.isVarbindError(variable)) return []
    const { ObjectType: types } = this.#library
    return [{ oid: variable.oid, value: this.#value(variable), isOid: variable.type === types['OID'] }]
  }

  #value({ type, value }: Variable): FieldValue {
    if (!Buffer.isBuffer(value)) return typeof value === 'number' || typeof value === 'boolean' ? value : String(value)
    if (type !== this.#library.ObjectType['Counter64']) return octetsText(value)
    const count = value.length === 0 ? 0n : BigInt(`0x${value.toString('hex')}`)
    return count <= Number.MAX_SAFE_INTEGER ? Number(count) : count
  }
}

/** Rows of a table: columns by their names, and what tells the row apart as `index`. */
export function tableRows(
  columns: readonly { readonly oid: string; readonly name: string; readonly objects: readonly SnmpObject[] }[],
  valueOf: (object: SnmpObject) => FieldValue,
): readonly Fields[] {
  const rows = new Map<string, Fields>()
  for (const { oid, name, objects } of columns) {
    for (const object of objects) {
      const index = object.oid.slice(oid.length + 1)
      const row = rows.get(index) ?? { index }
      setOwn(row, name, valueOf(object))
      rows.set(index, row)
    }
  }
  return [...rows.values()]
}
