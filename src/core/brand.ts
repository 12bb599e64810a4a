declare const brand: unique symbol

/** A `Base` that was checked once, in the one `parse…` function that may cast to it. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name }
