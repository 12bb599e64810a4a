import { create } from 'zustand'
import { parseAddress, printAddress } from './address.ts'
import type { Address } from './address.ts'

/** Where the reader is: what stands in the browser's address line, read. */
export interface Place {
  /** Decoded nowhere: `/dashboards/a%2Fb`. */
  readonly path: string
  readonly address: Address
}

export const usePlace = create<Place>()(() => ({ path: '/', address: {} }))

/** Reads the address line now, and whenever “back” and “forward” change it. Called once, before the first drawing. */
export function followHistory(): void {
  const read = (): void => arrive()
  window.addEventListener('popstate', read)
  read()
}

/** Goes to a page of this host: `/discover?from=now-1h&to=now`. Steps that a person wants to take back are pushed. */
export function goTo(href: string, history: 'push' | 'replace' = 'push'): void {
  const { pathname, search } = new URL(href, window.location.origin)
  const target = pathname + search
  const stays = target === window.location.pathname + window.location.search
  if (history === 'replace' || stays) window.history.replaceState(null, '', target)
  else window.history.pushState(null, '', target)
  arrive()
}

/** A page with what its address keeps, as a link. */
export function hrefOf(path: string, address: Address = {}): string {
  return path + printAddress(address)
}

export const dashboardPath = (id: string): string => `/dashboards/${encodeURIComponent(id)}`

export function useAddress(): Address {
  return usePlace(({ address }) => address)
}

/** `undefined` takes a member away. */
export type AddressChange = { readonly [Key in keyof Address]: Address[Key] | undefined }

/** Changes a part of the address. Steps that a person wants to take back get an entry in the history, the others replace. */
export function changeAddress(change: AddressChange, history: 'push' | 'replace' = 'push'): void {
  const { path, address } = usePlace.getState()
  goTo(hrefOf(path, { ...address, ...change } as Address), history)
}

function arrive(): void {
  const { pathname, search } = window.location
  usePlace.setState(({ address }) => ({ path: pathname, address: keepEqual(address, parseAddress(search)) }))
}

/** What did not change stays the same object: what depends on it, such as every search of a page, need not be made again. */
export function keepEqual(before: Address, next: Address): Address {
  const entries = Object.entries(next).map(([name, value]) => {
    const old: unknown = before[name as keyof Address]
    return [name, JSON.stringify(old) === JSON.stringify(value) ? old : value] as const
  })
  const same = entries.every(([name, value]) => before[name as keyof Address] === value)
  return same && entries.length === Object.keys(before).length ? before : (Object.fromEntries(entries) as Address)
}
