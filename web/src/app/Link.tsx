import type { ComponentProps, MouseEvent } from 'react'
import { goTo } from './place.ts'

export interface LinkProps extends Omit<ComponentProps<'a'>, 'href'> {
  /** A page of this host with its address: `/discover?from=now-1h&to=now`. */
  readonly to: string
}

/** A link that goes to another page without loading all of it again. Other keys and buttons do what they do with any link. */
export function Link({ to, onClick, ...rest }: LinkProps) {
  const follow = (event: MouseEvent<HTMLAnchorElement>): void => {
    onClick?.(event)
    const elsewhere = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey
    if (event.defaultPrevented || elsewhere) return
    event.preventDefault()
    goTo(to)
  }
  return <a href={to} onClick={follow} {...rest} />
}
