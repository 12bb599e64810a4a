import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { iotDocuments } from './iot-documents.ts'

test('the same seed gives the same bytes', () => {
  const hash = createHash('sha256')
  let documents = 0
  let bytes = 0
  for (const text of iotDocuments(10_000)) {
    hash.update(`${text}\n`)
    documents++
    bytes += text.length
  }
  expect(documents).toBe(10_000)
  expect(bytes / documents).toBeCloseTo(278.06, 2)
  expect(hash.digest('hex')).toBe('f3ddba9b68327927c2d79c4bb3be980ebca520236ca70702efef79382dfec1c4')
})
