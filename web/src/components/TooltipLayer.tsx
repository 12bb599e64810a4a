import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { Kbd } from './Kbd.tsx'
import styles from './Tooltip.module.css'

/** Who rests on something wants to know; who passes over it does not. */
const DELAY_MS = 400
/** Who has just read one reads the next at once. */
const STILL_READING_MS = 200
const GAP_PIXELS = 6
const EDGE_PIXELS = 8

/** The one tip of the page, for every element with a `data-tip` (see Tooltip). In the top layer: over dialogs and menus too. */
export function TooltipLayer() {
  const [anchor, setAnchor] = useState<HTMLElement>()
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => followTips(setAnchor, box), [])
  const { tip: text, tipKeys: keys } = anchor?.dataset ?? {}

  useLayoutEffect(() => {
    const element = box.current
    if (element === null || anchor === undefined || text === undefined) return undefined
    element.showPopover()
    place(element, anchor.getBoundingClientRect())
    // A button whose name it is needs not hear it twice.
    if (anchor.getAttribute('aria-label') === text || anchor.hasAttribute('aria-describedby')) return undefined
    anchor.setAttribute('aria-describedby', element.id)
    return () => anchor.removeAttribute('aria-describedby')
  }, [anchor, text])

  if (anchor === undefined || text === undefined) return null
  return (
    <div ref={box} id="tooltip" role="tooltip" popover="manual" className={styles['tooltip']}>
      {text}
      {keys === undefined ? null : <Kbd keys={keys} />}
    </div>
  )
}

/** Calls `show` with the element whose tip is to be seen. @returns what ends it */
function followTips(show: (anchor: HTMLElement | undefined) => void, box: { readonly current: HTMLElement | null }): () => void {
  let current: HTMLElement | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let hiddenAt = Number.NEGATIVE_INFINITY

  const set = (anchor: HTMLElement | undefined, at: number): void => {
    clearTimeout(timer)
    if (current !== undefined && anchor === undefined) hiddenAt = at
    current = anchor
    show(anchor)
  }
  const anchorOf = (target: EventTarget | null): HTMLElement | undefined =>
    target instanceof Element ? (target.closest<HTMLElement>('[data-tip]') ?? undefined) : undefined

  const onOver = (event: PointerEvent): void => {
    if (event.pointerType === 'touch' || (event.target instanceof Node && box.current?.contains(event.target) === true)) return
    const anchor = anchorOf(event.target)
    clearTimeout(timer)
    if (anchor === current) return
    const reading = current !== undefined || event.timeStamp - hiddenAt < STILL_READING_MS
    if (anchor !== undefined && reading) set(anchor, event.timeStamp)
    else {
      if (current !== undefined) set(undefined, event.timeStamp)
      if (anchor !== undefined) timer = setTimeout(() => anchor.isConnected && set(anchor, event.timeStamp), DELAY_MS)
    }
  }
  const onFocus = (event: FocusEvent): void => {
    const anchor = anchorOf(event.target)
    if (anchor?.matches(':focus-visible') === true) set(anchor, event.timeStamp)
  }
  const onEnd = (event: Event): void => {
    if (event instanceof KeyboardEvent && event.key !== 'Escape') return
    clearTimeout(timer)
    if (current !== undefined) set(undefined, event.timeStamp)
  }

  const ended = new AbortController()
  const options = { signal: ended.signal, capture: true }
  document.addEventListener('pointerover', onOver, options)
  document.addEventListener('focusin', onFocus, options)
  for (const type of ['focusout', 'pointerdown', 'keydown', 'scroll']) document.addEventListener(type, onEnd, options)
  return () => {
    clearTimeout(timer)
    ended.abort()
  }
}

/** Above the anchor, below it where there is no room; never over an edge of the window. */
function place(element: HTMLElement, anchor: DOMRect): void {
  const { offsetWidth: width, offsetHeight: height } = element
  const above = anchor.top - GAP_PIXELS - height
  const left = anchor.left + anchor.width / 2 - width / 2
  element.style.top = `${above >= EDGE_PIXELS ? above : anchor.bottom + GAP_PIXELS}px`
  element.style.left = `${Math.max(EDGE_PIXELS, Math.min(left, window.innerWidth - EDGE_PIXELS - width))}px`
}
