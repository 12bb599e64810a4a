import { z } from 'zod'
import { fieldText } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { float } from '../../core/float.ts'
import { text } from '../options.ts'
import { defineFilter } from '../plugin.ts'

const NUMBER = /(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])/g

export const extractnumbers = defineFilter({
  name: 'extractnumbers',
  summary: 'Puts the numbers of a text into fields: `int1`, `int2` …, `float1` …',
  config: z.strictObject({
    source: text().default('message').describe('Field with the text.'),
  }),
  examples: [
    {
      title: 'Two whole numbers and a fraction',
      config: {},
      in: { message: 'took 12 ms of 3.5 for 7' },
      out: { message: 'took 12 ms of 3.5 for 7', int1: 12, float1: 3.5, int2: 7 },
    },
  ],
  create({ source }) {
    const path = fieldPath(source)
    return {
      process(event) {
        const found = fieldText(path.get(event) ?? null).match(NUMBER) ?? []
        let [ints, floats] = [0, 0]
        for (const written of found) {
          if (written.includes('.')) event.fields[`float${++floats}`] = float(Number(written))
          else event.fields[`int${++ints}`] = Number.isSafeInteger(Number(written)) ? Number(written) : BigInt(written)
        }
        return found.length > 0 ? 'matched' : 'unmatched'
      },
    }
  },
})
