import { connect } from '../client.ts'
import { CommandError, type Command } from '../command.ts'
import { configOptions } from '../config-options.ts'
import { table } from '../table.ts'

interface Letters {
  readonly kept_events: number
  readonly dropped_events: number
  readonly queue_size_in_bytes: number
}

export const listDeadLetters: Command = {
  name: 'dead-letters list',
  summary: 'Shows how many events of each pipeline could not be handled and are kept.',
  usage: '[--data DIR]',
  options: configOptions,
  run: async (input) => {
    const client = await connect(input)
    const { pipelines } = (await client.call('GET', '/_elkhorn/dead_letters')) as unknown as {
      readonly pipelines: Readonly<Record<string, Letters>>
    }
    input.print(
      table(
        ['pipeline', 'kept since the start', 'dropped', 'bytes on disk'],
        Object.entries(pipelines).map(([id, one]) => [id, one.kept_events, one.dropped_events, one.queue_size_in_bytes]),
      ),
    )
    return 0
  },
}

export const replayDeadLetters: Command = {
  name: 'dead-letters replay',
  summary: 'Sends the dead letters of a pipeline to their outputs once more, and forgets those that are taken.',
  usage: 'PIPELINE [--data DIR]',
  details: `Do this when the reason is gone: a mapping was changed, an index made. What is refused again is a new dead letter.
data/dead_letter_queue/PIPELINE holds them as lines of JSON, each with its reason.`,
  options: configOptions,
  run: async (input) => {
    const [pipeline] = input.words
    if (pipeline === undefined) throw new CommandError('elkhorn dead-letters replay: expected the name of a pipeline')
    const client = await connect(input)
    const { replayed } = (await client.call('POST', `/_elkhorn/dead_letters/${encodeURIComponent(pipeline)}/_replay`)) as {
      readonly replayed: number
    }
    input.print(`${replayed} dead ${replayed === 1 ? 'letter was' : 'letters were'} sent once more\n`)
    return 0
  },
}
