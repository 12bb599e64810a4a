import { choice } from './options.ts'

/** The option of plug-ins whose names of fields follow it. */
export const ecsCompatibility = () =>
  choice('disabled', 'v1', 'v8')
    .optional()
    .describe('Whether fields get the names of the Elastic Common Schema. What the pipeline says when absent.')
