const SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:'])

/** Where a link of a text may lead: pages and mail, never a script. `undefined` for anything else. */
export function safeLink(href: string, page: string): { readonly href: string; readonly outside: boolean } | undefined {
  if (!URL.canParse(href, page)) return undefined
  const url = new URL(href, page)
  return SCHEMES.has(url.protocol) ? { href: url.href, outside: url.origin !== new URL(page).origin } : undefined
}
