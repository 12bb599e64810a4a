import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'
import type { Address } from './address.ts'

export function useAddress(): Address {
  return useSearch({ strict: false })
}

/** `undefined` takes a member away. */
export type AddressChange = { readonly [Key in keyof Address]: Address[Key] | undefined }

/** Changes a part of the address. Steps that a person wants to take back get an entry in the history, the others replace. */
export function useChangeAddress(): (change: AddressChange, history?: 'push' | 'replace') => void {
  const navigate = useNavigate()
  return useCallback(
    (change, history = 'push') => {
      void navigate({
        to: '.',
        search: (before: Address) => ({ ...before, ...change }) as Address,
        replace: history === 'replace',
      })
    },
    [navigate],
  )
}
