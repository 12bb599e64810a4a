/** Values from outside, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Finds the value of `${NAME}`; `undefined` when there is none. */
export type LookUp = (name: string) => string | undefined

/**
 * Replaces `${NAME}` and `${NAME:default}` by what is looked up. A variable without a value and without a default is
 * an error of the caller: `missing` is called with its name and its place in the text.
 */
export function substituteEnvironment(text: string, lookUp: LookUp, missing: (name: string, offset: number) => void): string {
  return text.replaceAll(
    /\$\{([A-Za-z_.][A-Za-z0-9_.]*)(?::([^}]*))?\}/g,
    (whole, name: string, fallback: string | undefined, offset: number) => {
      const value = lookUp(name) ?? fallback
      if (value !== undefined) return value
      missing(name, offset)
      return whole
    },
  )
}

/** The process's own environment: read here and nowhere else, then passed on. */
export const processEnvironment = (): Environment => process.env
