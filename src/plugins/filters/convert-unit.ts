import { z } from 'zod'
import { addTag } from '../../core/event.ts'
import { fieldText } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { float } from '../../core/float.ts'
import { reasonOf } from '../../core/reason.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { list, text } from '../options.ts'
import { converter } from '../parsing/units.ts'
import { defineFilter } from '../plugin.ts'

export const convertUnit = defineFilter({
  name: 'convert_unit',
  summary: 'Converts a measurement to another unit. A filter of Elkhorn’s own.',
  config: z.strictObject({
    field: text().describe('Field with the number.'),
    from: text().describe('Its unit, such as `F`, `psi` or `mm/s`, or a reference such as `%{temperature_unit}`.'),
    to: text().describe('The unit that is wanted.'),
    target: text().optional().describe('Field that gets the number. The same when absent.'),
    unit_field: text().optional().describe('Field that gets the name of the unit.'),
    tag_on_failure: list()
      .default(['_unitconversionfailure'])
      .describe('Tags of events whose unit is not known or whose value is no number.'),
  }),
  examples: [
    {
      title: 'The unit that the device says',
      config: { field: 'temperature', from: '%{unit}', to: 'C', unit_field: 'unit' },
      in: { temperature: 212, unit: 'F' },
      out: { temperature: 100, unit: 'C' },
    },
    {
      title: 'Not the same quantity',
      config: { field: 'p', from: 'psi', to: 'C' },
      in: { p: 1 },
      out: { p: 1, tags: ['_unitconversionfailure'] },
    },
  ],
  create({ field, from, to, target, unit_field: unitField, tag_on_failure: failureTags }, { log }) {
    const source = fieldPath(field)
    const destination = fieldPath(target ?? field)
    const unit = unitField === undefined ? undefined : fieldPath(unitField)
    const given = compileTemplate(from)
    const known = new Map<string, (value: number) => number>()
    const convert = (name: string): ((value: number) => number) => {
      const compiled = known.get(name) ?? converter(name, to)
      if (known.size < 1000) known.set(name, compiled)
      return compiled
    }
    return {
      process(event) {
        const value = source.get(event)
        if (value === undefined || value === null) return 'unmatched'
        const written = fieldText(value)
        try {
          const number = written.trim() === '' ? NaN : Number(written)
          if (Number.isNaN(number)) throw new RangeError(`[${written}] is no number`)
          destination.set(event, float(convert(given.print(event))(number)))
        } catch (error) {
          log.warn({ error: reasonOf(error) }, 'unit cannot be converted')
          addTag(event, ...failureTags)
          return 'unmatched'
        }
        unit?.set(event, to)
        return 'matched'
      },
    }
  },
})
