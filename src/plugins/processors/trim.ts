import { textProcessor } from './string-processor.ts'

export const trim = textProcessor('trim', 'Takes white space from both ends of a text.', (text) => text.trim())
