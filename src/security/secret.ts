import { createHash, timingSafeEqual } from 'node:crypto'

/**
 * Hash of a secret that we made up ourselves (API keys, sessions, device secrets): with 128 random bits nothing can be
 * guessed, so one round of SHA-256 is enough and costs microseconds. Never for passwords that people choose.
 */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('base64url')

/** Compares in constant time. */
export function verifySecret(secret: string, stored: string): boolean {
  const given = Buffer.from(hashSecret(secret))
  const wanted = Buffer.from(stored)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
