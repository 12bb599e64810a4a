/** Name of the cookie that holds a session of the page. */
const SESSION_COOKIE = 'elkhorn_session'

/** The value of the session cookie in a `Cookie` header. */
export function readSessionCookie(header: string | undefined): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const equals = part.indexOf('=')
    if (equals > 0 && part.slice(0, equals).trim() === SESSION_COOKIE) return part.slice(equals + 1).trim()
  }
  return undefined
}

/**
 * `Set-Cookie` for a session: out of reach of scripts, never sent along from another site, and only over TLS where the
 * page is served that way. Without a lifetime of its own: the server decides when a session ends.
 */
export const sessionCookie = (value: string, { secure }: { readonly secure: boolean }): string =>
  `${SESSION_COOKIE}=${value}; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`

/** `Set-Cookie` that removes the session's cookie. */
export const noSessionCookie = ({ secure }: { readonly secure: boolean }): string => `${sessionCookie('', { secure })}; Max-Age=0`

/** What tells a request of our own page from one that another site made a browser send. */
export interface RequestHeaders {
  readonly method: string
  readonly host: string | undefined
  readonly origin: string | undefined
  /** `Sec-Fetch-Site`, which scripts cannot set. */
  readonly fetchSite: string | undefined
  /** `kbn-xsrf` or `osd-xsrf`: custom headers, which only the page itself or a program can set. */
  readonly xsrf: string | undefined
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Whether a request that signs in by cookie may change something: the browser says it comes from the page itself, or it
 * bears a header that another site cannot send. `SameSite=Strict` alone does not tell apart two ports of one host.
 */
export function isForgery({ method, host, origin, fetchSite, xsrf }: RequestHeaders): boolean {
  if (SAFE_METHODS.has(method)) return false
  if (fetchSite !== undefined) return fetchSite !== 'same-origin' && fetchSite !== 'none'
  if (origin !== undefined) return host === undefined || !URL.canParse(origin) || new URL(origin).host !== host
  return xsrf === undefined
}
