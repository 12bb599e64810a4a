import { searchOptions, type IndicesOptions } from '../index/names/resolve-names.ts'

/** A page asks for a pattern before anything matches it: nothing found is then the answer, and no error. */
export const pageOptions: IndicesOptions = { ...searchOptions, ignoreUnavailable: true }

/** The names of a request, comma between. */
export const namesOf = (index: string): string[] => index.split(',').map((name) => name.trim())
