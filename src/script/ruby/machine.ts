import type { Clock } from '../../core/time.ts'
import { RubyLimitError } from './errors.ts'
import type { RMatch, RObject, RRegexp, RProc } from './value.ts'
import { type Value } from './value.ts'

/** Steps (calls, turns of loops) that one run of a script may take. */
const MAX_STEPS = 1_000_000
/** What one run may make, in bytes as they are estimated here. */
const MAX_ALLOCATION = 64 * 1024 * 1024
const BYTES_PER_ELEMENT = 32
/** Calls of the script's own methods and blocks within each other. */
const MAX_DEPTH = 400

/** What a script's `logger` and `puts` write to. */
export type ScriptLog = (level: 'debug' | 'info' | 'warn' | 'error', text: string) => void

export interface MachineOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly log: ScriptLog
  /** Takes `time - nil` for 0 seconds and is told of it. Ruby raises, and so does a machine without this. */
  readonly onTimeMinusNil?: (() => void) | undefined
  /** Takes what older versions of Logstash took (`event["a"]`) and libraries that there are not, and is told of it by name and text. */
  readonly onLeniency?: ((name: string, message: string) => void) | undefined
  /** Compiles a pattern, with a time limit for its searches. */
  readonly regexp: (
    source: string,
    flags: { readonly ignoreCase: boolean; readonly dotAll: boolean; readonly extended: boolean },
  ) => RRegexp
}

export type Send = (machine: Machine, receiver: Value, name: string, args: readonly Value[], block?: RProc) => Value

/** What a running script shares: limits, the last match, globals, and the object that it runs as. */
export class Machine {
  readonly options: MachineOptions
  readonly self: RObject
  readonly globals = new Map<string, Value>()
  readonly constants = new Map<string, Value>()
  /** What the script defined with `def`. */
  readonly methods = new Map<string, RProc>()
  lastMatch: RMatch | null = null
  #steps = 0
  #allocated = 0
  #depth = 0
  readonly #send: Send

  constructor(options: MachineOptions, self: RObject, send: Send) {
    this.options = options
    this.self = self
    this.#send = send
  }

  /** A new run begins: limits start anew. */
  reset(): void {
    this.#steps = 0
    this.#allocated = 0
    this.#depth = 0
    this.lastMatch = null
  }

  /** @throws RubyLimitError */
  step(count = 1): void {
    this.#steps += count
    if (this.#steps > MAX_STEPS) throw new RubyLimitError(`the script took more than ${MAX_STEPS} steps`)
  }

  /** Counts characters before they are made. @throws RubyLimitError */
  allocate(characters: number): void {
    this.#allocated += characters
    if (!(this.#allocated <= MAX_ALLOCATION)) throw new RubyLimitError(`the script used more than ${MAX_ALLOCATION} bytes`)
  }

  /** Counts elements of lists and hashes before they are made. @throws RubyLimitError */
  allocateElements(count: number): void {
    this.allocate(count * BYTES_PER_ELEMENT)
  }

  /** Runs a body one level deeper. @throws RubyLimitError */
  deeper<T>(body: () => T): T {
    if (this.#depth >= MAX_DEPTH) throw new RubyLimitError(`calls nest deeper than ${MAX_DEPTH} levels`)
    this.#depth += 1
    try {
      return body()
    } finally {
      this.#depth -= 1
    }
  }

  send(receiver: Value, name: string, args: readonly Value[] = [], block?: RProc): Value {
    return this.#send(this, receiver, name, args, block)
  }
}
