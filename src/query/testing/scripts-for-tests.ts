import { Scripts } from '../../script/scripts.ts'

const nothing = {
  get: () => undefined,
  has: () => false,
  size: 0,
  entries: () => new Map<string, never>().entries(),
  put: () => Promise.resolve(),
  delete: () => Promise.resolve(false),
}

/** Scripts without a store, at a time that stands still. */
export function scriptsForTests(): Scripts {
  return new Scripts(nothing, { now: () => 0 })
}
