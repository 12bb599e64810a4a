import { cloneElement, useState } from 'react'
import type { KeyboardEvent } from 'react'
import { inChunk } from './in-chunk.tsx'
import type { MenuProps } from './MenuParts.tsx'
import { reasonOf } from './reason-of.ts'
import { toast } from './toasts.ts'

const MenuRoot = inChunk(async () => (await import('./MenuParts.tsx')).MenuRoot)
const preload = (): void => void MenuRoot.preload().catch(() => undefined) // told when it is to be opened

/** A list of things to do. Not modal: the page behind it stays as it is. What it is made of is fetched when it is wanted. */
export function Menu(props: MenuProps) {
  const [opened, setOpened] = useState(false)
  if (opened) return <MenuRoot {...props} />
  const open = (): void => {
    MenuRoot.preload().then(
      () => setOpened(true),
      (error: unknown) => toast(reasonOf(error), 'failed'),
    )
  }
  return cloneElement(props.trigger, {
    'aria-haspopup': 'menu',
    'aria-expanded': false,
    onClick: open,
    onPointerEnter: preload,
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key !== 'ArrowDown') return
      event.preventDefault()
      open()
    },
  } as object)
}
