import { ElkhornError } from '../../core/errors.ts'
import { defineProcessor } from './processor.ts'

export const fail = defineProcessor({
  name: 'fail',
  summary: 'Fails with a message.',
  create(config) {
    const message = config.template('message')
    return (document) => {
      throw new ElkhornError('fail_processor_exception', 500, message(document))
    }
  },
})
