import { z } from 'zod'
import { addTag, cloneEvent } from '../../core/event.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { list } from '../options.ts'
import { defineFilter } from '../plugin.ts'

export const clone = defineFilter({
  name: 'clone',
  summary: 'Copies an event, once for each name.',
  config: z.strictObject({
    clones: list().describe('A tag for each copy; with ECS names disabled, its `type`.'),
    ecs_compatibility: ecsCompatibility(),
  }),
  examples: [
    {
      title: 'A copy to keep as it came',
      config: { clones: ['raw'] },
      in: { message: 'x' },
      out: [{ message: 'x' }, { message: 'x', tags: ['raw'] }],
    },
    {
      title: 'With the older names',
      config: { clones: ['raw'], ecs_compatibility: 'disabled' },
      in: { type: 'log' },
      out: [{ type: 'log' }, { type: 'raw' }],
    },
  ],
  create({ clones, ecs_compatibility }, context) {
    const asType = (ecs_compatibility ?? context.ecs) === 'disabled'
    return {
      process(event, emitter) {
        for (const name of clones) {
          const copy = cloneEvent(event)
          if (asType) copy.fields['type'] = name
          else addTag(copy, name)
          emitter.addMatched(copy)
        }
        return 'unmatched'
      },
    }
  },
})
