import type { Event } from '../../core/event.ts'
import { RubySyntaxError } from '../../script/ruby/parser.ts'
import type { RubyCode, RubyScript } from '../../script/ruby/script.ts'
import { REvent, RProc } from '../../script/ruby/value.ts'
import type { PluginContext } from '../context.ts'
import type { Emitter } from '../plugin.ts'

/** A new event is settled together with the one that it was made of. */
export function emit(made: Event, origin: Event, emitter: Emitter): void {
  if (made === origin || made.delivery !== undefined) return
  origin.delivery?.hold()
  made.delivery = origin.delivery
  emitter.add(made)
}

/** The `new_event_block` of code: what it is called with becomes an event. `origin` says which event runs just now. */
export function newEventBlock(origin: () => { readonly event: Event; readonly emitter: Emitter } | undefined): RProc {
  return new RProc(
    ([made = null]) => {
      const target = origin()
      if (made instanceof REvent && target !== undefined) emit(made.event, target.event, target.emitter)
      return null
    },
    1,
    true,
  )
}

/** @throws Error that says where the code is wrong */
export function compileCode(
  script: RubyScript,
  source: string,
  names: readonly string[],
  where: string,
  context: PluginContext,
): RubyCode {
  try {
    return script.compile(source, names)
  } catch (error) {
    if (!(error instanceof RubySyntaxError)) throw error
    // A pipeline file keeps the backslashes of `"… \"x\" …"`: there the code cannot be meant as it stands.
    if (context.lenient && source.includes('\\"')) {
      try {
        const code = script.compile(source.replaceAll('\\"', '"'), names)
        context.warn('W-ESCAPE', `ruby ${where}: \\" is read as ", which Logstash does with config.support_escapes only`)
        return code
      } catch (second) {
        if (!(second instanceof RubySyntaxError)) throw second
      }
    }
    throw new Error(`[ruby] ${where}, line ${error.line}, column ${error.column}: ${error.message}`, { cause: error })
  }
}
