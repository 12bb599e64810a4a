import { useEffect } from 'react'
import { messages } from '../messages/messages.ts'

/** Names the browser's tab. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ${messages.product}`
  }, [title])
}
