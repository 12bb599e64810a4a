import { useState } from 'react'
import { formatValue } from '../format/value.ts'
import { messages } from '../messages/messages.ts'
import { Button } from './Button.tsx'

/** A text that may be longer than a page can lay out in no time: its beginning, and all of it when it is asked for. */
export function LongText({ text, maxCharacters }: { text: string; maxCharacters: number }) {
  const [whole, setWhole] = useState(false)
  if (whole || text.length <= maxCharacters) return text
  return (
    <>
      {text.slice(0, maxCharacters)}…{' '}
      <Button size="small" onClick={() => setWhole(true)}>
        {messages.showAll(formatValue(text.length, { type: 'bytes' }))}
      </Button>
    </>
  )
}
