import type { FastifyRequest } from 'fastify'
import type { Access } from '../core/access.ts'
import { ElkhornError } from '../core/errors.ts'
import type { Authenticator } from '../security/authenticator.ts'
import { isForgery, readSessionCookie } from '../security/cookie.ts'
import type { Origin } from '../security/security-event.ts'

/** Every header that keeps a page from being used against its user. No page loads anything from another host. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
}

/** Those that say something about documents alone: scripts and styles, of which a page has many, do without them. */
export const DOCUMENT_HEADERS = [
  'content-security-policy',
  'referrer-policy',
  'cross-origin-opener-policy',
  'permissions-policy',
] as const

/**
 * Refuses what another site made a browser send.
 * @throws ElkhornError `security_exception` (403)
 */
export function refuseForgery({ method, headers }: FastifyRequest): void {
  const forged = isForgery({
    method,
    host: headers.host,
    origin: headers.origin,
    fetchSite: single(headers['sec-fetch-site']),
    xsrf: single(headers['kbn-xsrf']) ?? single(headers['osd-xsrf']),
  })
  if (forged) {
    throw new ElkhornError(
      'security_exception',
      403,
      `a page of [${headers.origin ?? 'another site'}] may not change anything here`,
    )
  }
}

const single = (header: string | string[] | undefined): string | undefined => (Array.isArray(header) ? header[0] : header)

/** Who is signed in. */
export interface SignedIn {
  readonly access: Access
  /** Tells sessions of the same user apart; as secret as the cookie that it is. */
  readonly session: string
}

export interface Guard {
  /** @throws ElkhornError `security_exception` (401) when nobody is signed in */
  signedIn(request: FastifyRequest): SignedIn
}

export function createGuard(authenticator: Authenticator): Guard {
  return {
    signedIn(request) {
      const session = readSessionCookie(request.headers.cookie)
      const { access } = authenticator.authenticateSession(session, originOf(request))
      return { access, session: session ?? '' }
    },
  }
}

export function originOf(request: FastifyRequest): Origin {
  return { address: request.ip, request: `${request.method} ${request.url.split('?', 1)[0] ?? ''}` }
}
