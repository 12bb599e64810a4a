import { defineProcessor } from './processor.ts'

export const drop = defineProcessor({
  name: 'drop',
  summary: 'Ends here: the document is not stored, and that is no error.',
  create() {
    return (document) => {
      document.dropped = true
    }
  },
})
