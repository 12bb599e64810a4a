import { textProcessor } from './string-processor.ts'

export const uppercase = textProcessor('uppercase', 'Writes a text in upper case.', (text) => text.toUpperCase())
