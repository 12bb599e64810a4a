import { printFields } from '../core/event-json.ts'
import type { Event } from '../core/event.ts'
import { codecs } from './codecs/index.ts'
import type { Platform } from './context.ts'
import { inputs } from './inputs/index.ts'
import type { Input, Settled } from './plugin.ts'
import { testContext } from './test-context.ts'

/** An input that runs on a free port, and what came out of it. */
export interface StartedInput {
  readonly input: Input
  readonly port: number
  /** What becomes of the events pushed from now on: `undefined` when they are stored. */
  readonly outcome: { error: Error | undefined }
  /** The fields of the events that were pushed. */
  readonly fields: () => readonly unknown[]
  readonly events: readonly Event[]
}

/** Starts an input with codec `plain` and options as in a pipeline. To be stopped with `stopInputs`. */
export async function startInput(
  name: string,
  options: Record<string, unknown>,
  platform: Partial<Platform> = {},
): Promise<StartedInput> {
  const plugin = inputs.find((one) => one.name === name)
  const plain = codecs.find((one) => one.name === 'plain')
  if (plugin === undefined || plain === undefined) throw new Error(`no input ${name}, or no codec plain`)
  const context = testContext()
  const input = plugin.create(plugin.config.parse({ ...('port' in plugin.config.shape && { port: 0 }), ...options }), {
    ...context,
    platform: { ...context.platform, ...platform },
    dataDir: platform.dataDir ?? context.dataDir,
    codec: plain.create(plain.config.parse({ ecs_compatibility: 'disabled' }), context),
  })
  const events: Event[] = []
  const outcome: StartedInput['outcome'] = { error: undefined }
  await input.start({
    push(pushed: readonly Event[], settled?: Settled) {
      events.push(...pushed)
      settled?.(outcome.error)
      return true
    },
    ready: () => Promise.resolve(),
  })
  started.push(input)
  return {
    input,
    port: input.port ?? 0,
    outcome,
    events,
    fields: () => events.map(({ fields }) => JSON.parse(printFields(fields)) as unknown),
  }
}

const started: Input[] = []

export async function stopInputs(): Promise<void> {
  for (const input of started.splice(0)) {
    await input.stop()
    await input.close?.()
  }
}
