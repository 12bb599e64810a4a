import type { FieldType } from './field.ts'

/** Types of fields, as questions about them group them. */
export const NUMBERS: readonly FieldType[] = [
  'long',
  'integer',
  'short',
  'byte',
  'unsigned_long',
  'double',
  'float',
  'half_float',
  'scaled_float',
]
export const DATES: readonly FieldType[] = ['date', 'date_nanos']
