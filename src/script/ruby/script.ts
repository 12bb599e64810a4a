import { compileRubyRegexp, RubyRegexpError } from '../regexp/ruby-regexp.ts'
import { boundedSearch, TimeLimit } from '../regexp/time-limit.ts'
import type { Clock } from '../../core/time.ts'
import { BreakSignal, Frame, NextSignal, ReturnSignal } from './compiler/code.ts'
import { compileProgram } from './compiler/compiler.ts'
import { ThrowSignal } from './classes/object.ts'
import { LocalJumpError, ObjectClass, raise, RegexpErrorClass, UncaughtThrowError } from './errors.ts'
import { send } from './dispatch.ts'
import { Machine, type ScriptLog } from './machine.ts'
import { inspect } from './semantics.ts'
import { RObject, RRegexp, type Value } from './value.ts'

export interface ScriptOptions {
  readonly clock: Clock
  readonly log: ScriptLog
  /** At least 0, less than 1. */
  readonly random?: () => number
  /** See `MachineOptions`. */
  readonly onTimeMinusNil?: () => void
  readonly onLeniency?: (name: string, message: string) => void
}

/** Compiled code; its arguments are the variables that it was compiled with. */
export type RubyCode = (...args: readonly Value[]) => Value

/**
 * An object whose Ruby code runs for event after event: its instance variables, methods and constants last.
 *
 * Every run has limits of its own (see `machine.ts`). Nothing of the host can be reached: a script sees the values it is
 * given, and the classes in `classes/`.
 */
export class RubyScript {
  readonly machine: Machine
  readonly #limit = new TimeLimit()

  constructor(options: ScriptOptions) {
    this.machine = new Machine(
      {
        clock: options.clock,
        log: options.log,
        random: options.random ?? Math.random,
        onTimeMinusNil: options.onTimeMinusNil,
        onLeniency: options.onLeniency,
        regexp: (source, flags) => {
          try {
            const regexp = compileRubyRegexp(source, flags)
            return new RRegexp(regexp, boundedSearch(regexp, this.#limit))
          } catch (error) {
            if (error instanceof RubyRegexpError) return raise(RegexpErrorClass, error.message)
            throw error
          }
        },
      },
      new RObject(ObjectClass),
      send,
    )
    this.machine.self.variables.set('@logger', send(this.machine, this.machine.self, 'logger', []))
  }

  /**
   * Compiles code with named arguments.
   * @throws RubySyntaxError. The code throws RubyError, RubyLimitError or TimeLimitError
   */
  compile(source: string, names: readonly string[]): RubyCode {
    const { code, locals } = compileProgram(source, names)
    const { machine } = this
    return (...args) => {
      machine.reset()
      const call = { block: undefined }
      const frame = new Frame(locals.length, undefined, machine, call, undefined)
      for (let i = 0; i < names.length; i++) frame.vars[i] = args[i] ?? null
      try {
        return code(frame)
      } catch (error) {
        return this.#ended(error, call)
      }
    }
  }

  /** Calls a method that code of this script defined. */
  call(name: string, args: readonly Value[]): Value {
    this.machine.reset()
    try {
      return send(this.machine, this.machine.self, name, args)
    } catch (error) {
      return this.#ended(error, undefined)
    }
  }

  /** A jump that left the script: `return` and `next` end it, others are Ruby's errors. */
  #ended(error: unknown, call: object | undefined): Value {
    if (error instanceof ReturnSignal && (call === undefined || error.call === call)) return error.value
    if (error instanceof NextSignal) return error.value
    if (error instanceof BreakSignal) return raise(LocalJumpError, 'break from proc-closure')
    if (error instanceof ThrowSignal) return raise(UncaughtThrowError, `uncaught throw ${inspect(error.tag)}`)
    if (error instanceof RangeError && /call stack/i.test(error.message)) return raise(LocalJumpError, 'stack level too deep')
    throw error
  }
}
