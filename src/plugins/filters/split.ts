import { z } from 'zod'
import { addTag, cloneEvent, type FieldValue } from '../../core/event.ts'
import { fieldPath } from '../../core/field-path.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { text } from '../options.ts'
import { defineFilter } from '../plugin.ts'

export const split = defineFilter({
  name: 'split',
  summary: 'Makes an event of each element of a list, or of each piece of a text.',
  config: z.strictObject({
    field: text().default('message').describe('The list or the text.'),
    target: text().optional().describe('Field that gets the element. The same field when absent.'),
    terminator: text().default('\n').describe('Where a text is cut.'),
    ecs_compatibility: ecsCompatibility(),
  }),
  examples: [
    {
      title: 'A list of readings',
      config: { field: 'readings' },
      in: { device: 'd1', readings: [{ t: 1 }, { t: 2 }] },
      out: [
        { device: 'd1', readings: { t: 1 } },
        { device: 'd1', readings: { t: 2 } },
      ],
    },
    {
      title: 'Pieces of text; empty ones are left out',
      config: { field: 'message', terminator: ';', target: 'part' },
      in: { message: 'a;;b' },
      out: [
        { message: 'a;;b', part: 'a' },
        { message: 'a;;b', part: 'b' },
      ],
    },
    { title: 'Nothing to cut', config: {}, in: { message: 'one' }, out: { message: 'one' } },
    { title: 'No list and no text', config: {}, in: { message: 5 }, out: { message: 5, tags: ['_split_type_failure'] } },
  ],
  create({ field, target, terminator }) {
    const from = fieldPath(field)
    const to = target === undefined ? from : fieldPath(target)
    return {
      process(event, emitter) {
        const value = from.get(event)
        const pieces = typeof value === 'string' ? value.split(terminator) : value
        if (!Array.isArray(pieces)) {
          addTag(event, '_split_type_failure')
          return 'unmatched'
        }
        if (typeof value === 'string' && pieces.length === 1) return 'unmatched'
        // The whole list is not copied for each of its elements.
        if (to === from) from.remove(event)
        for (const piece of pieces) {
          if (isEmpty(piece)) continue
          const made = cloneEvent(event)
          to.set(made, piece)
          emitter.addMatched(made)
        }
        return 'cancelled'
      },
    }
  },
})

const isEmpty = (piece: FieldValue): boolean => piece === null || piece === ''
