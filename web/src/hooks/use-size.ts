import { useCallback, useState } from 'react'

export interface Size {
  readonly width: number
  readonly height: number
}

/** The size of an element in CSS pixels, followed as it changes; `undefined` until it is known. Give `ref` to the element. */
export function useSize(): {
  readonly ref: (element: HTMLElement | null) => (() => void) | undefined
  readonly size: Size | undefined
} {
  const [size, setSize] = useState<Size>()
  const ref = useCallback((element: HTMLElement | null) => {
    if (element === null) return undefined
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined) return
      const { width, height } = entry.contentRect
      setSize((before) => (before?.width === width && before.height === height ? before : { width, height }))
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { ref, size }
}
