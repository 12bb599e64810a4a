import { defineProcessor } from './processor.ts'

export const terminate = defineProcessor({
  name: 'terminate',
  summary: 'Ends the pipeline; the document is stored as it is.',
  create() {
    return (document) => {
      document.ended = true
    }
  },
})
