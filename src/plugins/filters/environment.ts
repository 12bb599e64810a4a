import { z } from 'zod'
import { fieldPath } from '../../core/field-path.ts'
import { textHash } from '../options.ts'
import { defineFilter } from '../plugin.ts'

export const environment = defineFilter({
  name: 'environment',
  summary: 'Adds variables of the environment, as they are when the pipeline is read. `${NAME}` in any option does the same.',
  config: z.strictObject({
    // The names are replaced by the values when the file is read, as references in other options are.
    add_field_from_env: textHash().default({}).describe('Fields and names of variables.'),
    add_metadata_from_env: textHash().default({}).describe('Fields within `[@metadata]` and names of variables.'),
  }),
  examples: [
    {
      title: 'No variable',
      config: { add_field_from_env: {} },
      in: { a: 1 },
      out: { a: 1 },
    },
  ],
  create({ add_field_from_env: fields, add_metadata_from_env: metadata }) {
    const values = [
      ...Object.entries(fields).map(([field, value]) => ({ path: fieldPath(field), value })),
      ...Object.entries(metadata).map(([field, value]) => ({ path: fieldPath(`[@metadata][${field}]`), value })),
    ]
    return {
      process(event) {
        for (const { path, value } of values) path.set(event, value)
        return 'matched'
      },
    }
  },
})
