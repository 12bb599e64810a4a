import { z } from 'zod'
import { cloneEvent } from '../../core/event.ts'
import { fieldPath } from '../../core/field-path.ts'
import { flag, list, text } from '../options.ts'
import { defineFilter } from '../plugin.ts'

export const metricize = defineFilter({
  name: 'metricize',
  summary: 'Makes an event of each of several fields: one with the name and the value of a metric.',
  config: z.strictObject({
    metrics: list().describe('Fields that become events.'),
    metric_field_name: text().default('metric').describe('Field that gets the name.'),
    value_field_name: text().default('value').describe('Field that gets the value.'),
    drop_original_event: flag().default(false).describe('Whether the event that they come from goes.'),
  }),
  examples: [
    {
      title: 'Two metrics',
      config: { metrics: ['cpu', 'mem'], drop_original_event: true },
      in: { host: 'web', cpu: 3, mem: 70 },
      out: [
        { host: 'web', metric: 'cpu', value: 3 },
        { host: 'web', metric: 'mem', value: 70 },
      ],
    },
  ],
  create({ metrics, metric_field_name: nameField, value_field_name: valueField, drop_original_event: drop }) {
    const paths = metrics.map((name) => ({ name, path: fieldPath(name) }))
    const [nameOf, valueOf] = [fieldPath(nameField), fieldPath(valueField)]
    return {
      process(event, emitter) {
        const found = paths.filter(({ path }) => path.has(event))
        for (const { name, path } of found) {
          const made = cloneEvent(event)
          const value = path.get(made) ?? null
          for (const one of paths) one.path.remove(made)
          nameOf.set(made, name)
          valueOf.set(made, value)
          emitter.addMatched(made)
        }
        if (found.length > 0 && drop) return 'cancelled'
        return found.length > 0 ? 'matched' : 'unmatched'
      },
    }
  },
})
