import { z } from 'zod'
import { addTag, type Event } from '../../core/event.ts'
import { TimeLimitError } from '../../script/regexp/time-limit.ts'
import { fromField } from '../../script/ruby/convert.ts'
import { RubyError, RubyLimitError } from '../../script/ruby/errors.ts'
import { loadRubyParser } from '../../script/ruby/parser.ts'
import { RubyScript, type RubyCode } from '../../script/ruby/script.ts'
import { REvent, type Value } from '../../script/ruby/value.ts'
import type { PluginContext } from '../context.ts'
import { readTextFile } from '../missing-file.ts'
import { flag, hash, path, text } from '../options.ts'
import { defineFilter, type Emitter, type FilterResult } from '../plugin.ts'
import { compileCode, emit, newEventBlock } from './ruby-code.ts'

const config = z.strictObject({
  code: text()
    .optional()
    .describe('Ruby code that runs for each event, as `event`. `new_event_block.call(other)` makes another.'),
  init: text().optional().describe('Code that runs once, before the first event.'),
  path: path().optional().describe('File with `filter(event)`, which answers a list of events, and maybe `register(params)`.'),
  script_params: hash().default({}).describe('What `register` of the file gets.'),
  tag_on_exception: text().default('_rubyexception').describe('Tag of events whose code raised.'),
  tag_with_exception_message: flag().default(false).describe('Also tags with the message.'),
})

/** Runs one event through code or a file. @throws RubyError, RubyLimitError, TimeLimitError */
type Run = (event: Event, emitter: Emitter) => FilterResult

export const ruby = defineFilter({
  name: 'ruby',
  summary: 'Changes events with Ruby code: the usual core of Ruby, without classes of its own and without reach to the host.',
  config,
  examples: [
    {
      title: 'Fahrenheit to Celsius',
      config: { code: "event.set('celsius', ((event.get('fahrenheit') - 32) * 5.0 / 9.0).round(1))" },
      in: { fahrenheit: 212 },
      out: { fahrenheit: 212, celsius: 100 },
    },
    {
      title: 'Several events out of one',
      config: { code: 'event.get("values").each { |v| new_event_block.call(LogStash::Event.new("value" => v)) }; event.cancel' },
      in: { values: [1, 2] },
      out: [
        { value: 1, '@version': '1', '@timestamp': '2024-05-01T10:00:00.000Z' },
        { value: 2, '@version': '1', '@timestamp': '2024-05-01T10:00:00.000Z' },
      ],
    },
    {
      title: 'What raises is tagged',
      config: { code: 'event.set("a", event.get("a") + 1)', tag_with_exception_message: true },
      in: { a: 'text' },
      out: { a: 'text', tags: ['_rubyexception: no implicit conversion of Integer into String', '_rubyexception'] },
    },
  ],
  create(options, context) {
    const script = new RubyScript({
      clock: context.clock,
      log: (level, message) => context.log[level]({ script: message }, 'ruby code says'),
      ...(context.lenient && { onLeniency: (name: string, message: string) => context.warn(name, message) }),
    })
    let run: Run = () => 'unmatched'
    return {
      async open() {
        await loadRubyParser()
        if (options.init !== undefined) compileCode(script, options.init, [], 'init', context)()
        if (options.path !== undefined) run = await openFile(script, options.path, fromField(options.script_params), context)
        else if (options.code !== undefined)
          run = runCode(compileCode(script, options.code, ['event', 'new_event_block'], 'code', context))
      },
      process(event, emitter) {
        try {
          return run(event, emitter)
        } catch (error) {
          if (!(error instanceof RubyError) && !(error instanceof RubyLimitError) && !(error instanceof TimeLimitError))
            throw error
          const kind = error instanceof RubyError ? error.exception.klass.name : error.name
          context.log.warn({ error: error.message, kind }, 'ruby code raised')
          if (options.tag_with_exception_message) addTag(event, `${options.tag_on_exception}: ${error.message}`)
          addTag(event, options.tag_on_exception)
          return 'unmatched'
        }
      },
    }
  },
})

function runCode(code: RubyCode): Run {
  let target: { readonly event: Event; readonly emitter: Emitter } | undefined
  const block = newEventBlock(() => target)
  return (event, emitter) => {
    target = { event, emitter }
    code(new REvent(event), block)
    return event.cancelled ? 'cancelled' : 'matched'
  }
}

async function openFile(script: RubyScript, file: string, params: Value, context: PluginContext): Promise<Run> {
  compileCode(script, await readTextFile(file), [], file, context)()
  if (script.machine.methods.has('register')) script.call('register', [params])
  if (!script.machine.methods.has('filter')) throw new Error(`[ruby] the file [${file}] does not define filter(event)`)
  return (event, emitter) => {
    const results = script.call('filter', [new REvent(event)])
    const events = (Array.isArray(results) ? results : [results]).flatMap((result) =>
      result instanceof REvent ? [result.event] : [],
    )
    for (const made of events) emit(made, event, emitter)
    return events.includes(event) && !event.cancelled ? 'matched' : 'cancelled'
  }
}
