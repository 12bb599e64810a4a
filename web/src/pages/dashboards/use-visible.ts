import { useCallback, useState } from 'react'

/** Panels this near to the window are loaded already, so that scrolling finds them ready. */
const MARGIN = '240px'

/** Whether an element is in sight, or nearly. Give `ref` to the element. */
export function useVisible(): { readonly ref: (element: Element | null) => (() => void) | undefined; readonly visible: boolean } {
  const [visible, setVisible] = useState(false)
  const ref = useCallback((element: Element | null) => {
    if (element === null) return undefined
    const observer = new IntersectionObserver(([entry]) => setVisible(entry?.isIntersecting === true), { rootMargin: MARGIN })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { ref, visible }
}
