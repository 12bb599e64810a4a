import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { fieldPath } from '../../core/field-path.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { flag, text } from '../options.ts'
import { defineFilter } from '../plugin.ts'

export const uuid = defineFilter({
  name: 'uuid',
  summary: 'Gives each event a random UUID (version 4).',
  config: z.strictObject({
    target: text().describe('Field that gets it.'),
    overwrite: flag().default(false).describe('Whether a value that is there is replaced.'),
    ecs_compatibility: ecsCompatibility(),
  }),
  examples: [{ title: 'One that is there stays', config: { target: 'id' }, in: { id: 'mine' }, out: { id: 'mine' } }],
  create({ target, overwrite }) {
    const path = fieldPath(target)
    return {
      process(event) {
        if (overwrite || !path.has(event)) path.set(event, randomUUID())
        return 'matched'
      },
    }
  },
})
