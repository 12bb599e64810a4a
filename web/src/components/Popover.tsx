import { cloneElement, useEffect, useState } from 'react'
import { inChunk } from './in-chunk.tsx'
import type { PopoverProps } from './PopoverParts.tsx'
import { reasonOf } from './reason-of.ts'
import { toast } from './toasts.ts'

const PopoverRoot = inChunk(async () => (await import('./PopoverParts.tsx')).PopoverRoot)
const preload = (): void => void PopoverRoot.preload().catch(() => undefined) // told when it is to be opened

/** What opens over the page beside its button. What it is made of is fetched when it is wanted. */
export function Popover(props: PopoverProps) {
  const { trigger, open, onOpenChange } = props
  const [ready, setReady] = useState(false)
  useEffect(() => {
    if (!open) return
    PopoverRoot.preload().then(
      () => setReady(true),
      (error: unknown) => {
        toast(reasonOf(error), 'failed')
        onOpenChange(false)
      },
    )
  }, [open, onOpenChange])

  if (ready) return <PopoverRoot {...props} />
  return cloneElement(trigger, {
    'aria-haspopup': 'dialog',
    'aria-expanded': open,
    onClick: () => onOpenChange(true),
    onPointerEnter: preload,
  } as object)
}
