import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { messages } from '../messages/messages.ts'
import { IconButton } from './Button.tsx'
import { copyText } from './copy-text.ts'

/** For how long it says that it is done. */
const DONE_MS = 1500

export function CopyButton({ text, label = messages.copy }: { text: string; label?: string }) {
  const [done, setDone] = useState(false)

  useEffect(() => {
    if (!done) return undefined
    const timer = setTimeout(() => setDone(false), DONE_MS)
    return () => clearTimeout(timer)
  }, [done])

  return (
    <IconButton label={done ? messages.copied : label} size="small" onClick={() => void copyText(text).then(() => setDone(true))}>
      {done ? <Check size={14} /> : <Copy size={14} />}
    </IconButton>
  )
}
