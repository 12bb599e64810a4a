import { defineProcessor } from './processor.ts'

export const pipeline = defineProcessor({
  name: 'pipeline',
  summary: 'Runs another pipeline.',
  create(config, context) {
    const name = config.template('name')
    const ignoreMissing = config.flag('ignore_missing_pipeline', false)
    return (document) => context.runPipeline(name(document), document, ignoreMissing)
  },
})
