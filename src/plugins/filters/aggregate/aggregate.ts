import { z } from 'zod'
import { addTag, type Event } from '../../../core/event.ts'
import { fieldPath } from '../../../core/field-path.ts'
import type { Clock } from '../../../core/time.ts'
import { Timestamp } from '../../../core/timestamp.ts'
import { TimeLimitError } from '../../../script/regexp/time-limit.ts'
import { toFields } from '../../../script/ruby/convert.ts'
import { RubyError, RubyLimitError } from '../../../script/ruby/errors.ts'
import { loadRubyParser } from '../../../script/ruby/parser.ts'
import { RubyScript, type RubyCode } from '../../../script/ruby/script.ts'
import { REvent, RHash, RString } from '../../../script/ruby/value.ts'
import { compileTemplate } from '../../../script/sprintf.ts'
import { ecsCompatibility } from '../../ecs-option.ts'
import { choice, flag, list, number, path, text } from '../../options.ts'
import type { PluginContext } from '../../context.ts'
import { defineFilter, type Emitter } from '../../plugin.ts'
import { makeEvent } from '../made-event.ts'
import { compileCode, newEventBlock } from '../ruby-code.ts'
import { borrowTaskMaps, returnTaskMaps, type TaskMap } from './task-maps.ts'

/** As in Logstash, where a filter says nothing. */
const DEFAULT_TIMEOUT_SECONDS = 1800
/** Tasks beyond this number time out at once, the oldest first: ids out of events must not fill the memory. */
const MAX_TASKS = 100_000

const config = z.strictObject({
  task_id: text().describe('What an event belongs to, such as `%{order}`. Events without the field pass.'),
  code: text().describe('Ruby code that runs with `event`, `map` (what is kept for the task), `map_meta` and `new_event_block`.'),
  map_action: choice('create', 'update', 'create_or_update')
    .default('create_or_update')
    .describe('Whether a map may be made, and used.'),
  end_of_task: flag().default(false).describe('Whether the map is forgotten after this event.'),
  timeout: number({ min: 0 })
    .optional()
    .describe('Seconds after which a map is forgotten. 1,800 when no filter of the task says.'),
  inactivity_timeout: number({ min: 0 }).optional().describe('Seconds without an event after which a map is forgotten.'),
  timeout_code: text().optional().describe('Ruby code for the `event` that a timeout makes.'),
  timeout_tags: list().default([]).describe('Tags of that event.'),
  timeout_task_id_field: text().optional().describe('Field of that event that gets the id of the task.'),
  timeout_timestamp_field: text().optional().describe('Field that says the time of an event, instead of the clock.'),
  push_map_as_event_on_timeout: flag().default(false).describe('Whether a map that times out becomes an event.'),
  push_previous_map_as_event: flag()
    .default(false)
    .describe('Whether the map of a task becomes an event when the next task begins.'),
  aggregate_maps_path: path()
    .optional()
    .meta({ ignored: 'maps are pushed or forgotten when a pipeline stops' })
    .describe('Accepted and not used: what waits becomes events when a pipeline stops.'),
  ecs_compatibility: ecsCompatibility(),
})

type Options = z.output<typeof config>

export const aggregate = defineFilter({
  name: 'aggregate',
  summary: 'Collects what several events of a task say, in a map that Ruby code fills.',
  config,
  examples: [
    {
      title: 'The events of a task until its last, here the first',
      config: {
        task_id: '%{order}',
        code: "map['total'] ||= 0; map['total'] += event.get('price'); event.set('total', map['total'])",
        end_of_task: true,
      },
      in: { order: 7, price: 3 },
      out: { order: 7, price: 3, total: 3 },
    },
    {
      title: 'A map as an event; what waits is pushed at the end',
      config: {
        task_id: '%{user}',
        code: "map['clicks'] ||= 0; map['clicks'] += 1; event.cancel",
        push_map_as_event_on_timeout: true,
        timeout_task_id_field: 'user',
        timeout_tags: ['summed'],
      },
      in: { user: 'ana' },
      out: { '@version': '1', '@timestamp': '2024-05-01T10:00:00.000Z', clicks: 1, user: 'ana', tags: ['summed'] },
    },
    {
      title: 'Code that raises',
      config: { task_id: '%{a}', code: "map['x'] + 1" },
      in: { a: 1 },
      out: { a: 1, tags: ['_aggregateexception'] },
    },
    { title: 'No task', config: { task_id: '%{order}', code: 'event.cancel' }, in: { a: 1 }, out: { a: 1 } },
  ],
  create(options, context) {
    const script = new RubyScript({
      clock: context.clock,
      log: (level, message) => context.log[level]({ script: message }, 'ruby code says'),
      ...(context.lenient && {
        onLeniency: (name: string, message: string) => context.warn(name, message),
        onTimeMinusNil: () =>
          context.warn(
            'W-AGG-NIL',
            `aggregate ${context.pluginId}: a time minus nil is taken for 0; Ruby raises TypeError and the event is tagged _aggregateexception`,
          ),
      }),
    })
    const taskId = compileTemplate(options.task_id)
    const tasks = borrowTaskMaps(context, options.task_id)
    const timeField = options.timeout_timestamp_field === undefined ? undefined : fieldPath(options.timeout_timestamp_field)
    const pusher = new MapPusher(options, script, context)
    const endsMaps = options.timeout !== undefined || options.inactivity_timeout !== undefined || pusher.wants('timeout')
    let code: RubyCode = () => null
    let target: { readonly event: Event; readonly emitter: Emitter } | undefined
    const block = newEventBlock(() => target)

    const timeOf = (event: Event): number => {
      const value = timeField?.get(event)
      return value instanceof Timestamp ? value.epochMillis : tasks.clock.now()
    }
    const expired = (map: TaskMap, now: number): boolean => {
      const seconds = map.timeout ?? DEFAULT_TIMEOUT_SECONDS
      const tooOld = seconds > 0 && now - map.createdAt > seconds * 1000
      return tooOld || (map.inactivityTimeout !== undefined && now - map.lastEventAt > map.inactivityTimeout * 1000)
    }
    /** Takes a map out and makes of it what the options ask for. */
    const finish = (map: TaskMap): readonly Event[] => {
      tasks.maps.delete(map.task)
      return pusher.wants('timeout') ? pusher.push(map) : []
    }
    const newMap = (task: string, now: number): TaskMap => ({
      task,
      map: new RHash(),
      meta: RHash.of([[new RString('task_id'), new RString(task)]]),
      createdAt: now,
      lastEventAt: now,
      timeout: options.timeout,
      inactivityTimeout: options.inactivity_timeout,
    })

    return {
      async open() {
        await loadRubyParser()
        code = compileCode(script, options.code, ['event', 'map', 'map_meta', 'new_event_block'], 'code', context)
        pusher.open((source) => compileCode(script, source, ['event', 'new_event_block'], 'timeout_code', context))
      },
      process(event, emitter) {
        const task = taskId.print(event)
        if (task === '' || (!taskId.constant && task === options.task_id)) return 'unmatched'
        const now = timeOf(event)
        let map = tasks.maps.get(task)
        if (map !== undefined && timeField !== undefined && expired(map, now)) {
          for (const made of finish(map)) emitter.add(made)
          map = undefined
        }
        if (map === undefined) {
          if (options.map_action === 'update') return 'unmatched'
          if (options.push_previous_map_as_event) {
            for (const previous of tasks.maps.values()) {
              tasks.maps.delete(previous.task)
              for (const made of pusher.push(previous)) emitter.add(made)
            }
          }
          map = newMap(task, now)
          tasks.maps.set(task, map)
          const [oldest] = tasks.maps.values()
          if (tasks.maps.size > MAX_TASKS && oldest !== undefined) for (const made of finish(oldest)) emitter.add(made)
        } else if (options.map_action === 'create') return 'unmatched'
        map.lastEventAt = now
        target = { event, emitter }
        try {
          code(new REvent(event), map.map, map.meta, block)
        } catch (error) {
          if (!isScriptError(error)) throw error
          context.log.warn({ error: error.message, task }, 'ruby code raised')
          addTag(event, '_aggregateexception')
          if (options.end_of_task) tasks.maps.delete(task)
          return 'unmatched'
        }
        if (options.end_of_task) tasks.maps.delete(task)
        return event.cancelled ? 'cancelled' : 'matched'
      },
      tick() {
        const now = tasks.clock.now()
        // With times out of events, only events move the time on. Of filters that share maps, those end them that say how.
        if (timeField !== undefined || !(endsMaps || tasks.users === 1)) return []
        return [...tasks.maps.values()].filter((map) => expired(map, now)).flatMap(finish)
      },
      drain() {
        if (!pusher.wants('timeout') && !pusher.wants('previous')) return []
        const left = [...tasks.maps.values()]
        tasks.maps.clear()
        return left.flatMap((map) => pusher.push(map))
      },
      close() {
        returnTaskMaps(context.platform, context.pipeline, options.task_id)
        return Promise.resolve()
      },
    }
  },
})

/** Makes events out of maps. */
class MapPusher {
  readonly #options: Options
  readonly #script: RubyScript
  readonly #clock: Clock
  readonly #lenient: boolean
  #timeoutCode: RubyCode | undefined

  constructor(options: Options, script: RubyScript, { clock, lenient }: PluginContext) {
    this.#options = options
    this.#script = script
    this.#clock = clock
    this.#lenient = lenient
  }

  open(compile: (source: string) => RubyCode): void {
    if (this.#options.timeout_code !== undefined) this.#timeoutCode = compile(this.#options.timeout_code)
  }

  wants(reason: 'timeout' | 'previous'): boolean {
    return reason === 'timeout' ? this.#options.push_map_as_event_on_timeout : this.#options.push_previous_map_as_event
  }

  push({ map, task }: TaskMap): readonly Event[] {
    // Code that cleared the map has told what it knew; Logstash pushes an event without fields.
    if (this.#lenient && map.size === 0) return []
    const event = makeEvent(this.#clock, toFields(map))
    const { timeout_task_id_field: taskField, timeout_tags: tags } = this.#options
    if (taskField !== undefined) fieldPath(taskField).set(event, task)
    if (tags.length > 0) addTag(event, ...tags)
    const made: Event[] = []
    if (this.#timeoutCode !== undefined) {
      const emitter = { add: (one: Event) => void made.push(one), addMatched: (one: Event) => void made.push(one) }
      try {
        this.#timeoutCode(
          new REvent(event),
          newEventBlock(() => ({ event, emitter })),
        )
      } catch (error) {
        if (!isScriptError(error)) throw error
        this.#script.machine.options.log('warn', error.message)
        addTag(event, '_aggregateexception')
      }
    }
    return event.cancelled ? made : [event, ...made]
  }
}

function isScriptError(error: unknown): error is RubyError | RubyLimitError | TimeLimitError {
  return error instanceof RubyError || error instanceof RubyLimitError || error instanceof TimeLimitError
}
