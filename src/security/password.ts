import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** Of RFC 7914's scrypt: `N` rounds over blocks of 128 `r` bytes, `p` times. */
export interface HashCost {
  readonly N: number
  readonly r: number
  readonly p: number
}

/** 16 MB and some 40 ms: dear for who guesses, bearable once per sign-in. */
const COST: HashCost = { N: 16_384, r: 8, p: 1 }
const SALT_BYTES = 16
const HASH_BYTES = 32

/** `scrypt$N$r$p$salt$hash`, salt and hash in base64: the parameters stay with the hash, so they may grow. */
export type PasswordHash = string

/** Hashes a password with a salt of its own. Takes some 40 ms of a worker thread. */
export async function hashPassword(password: string, cost = COST): Promise<PasswordHash> {
  const salt = randomBytes(SALT_BYTES)
  const hash = await derive(password, salt, HASH_BYTES, cost)
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64'), hash.toString('base64')].join('$')
}

/** Compares in constant time. @throws Error when `stored` was not made by `hashPassword` */
export async function verifyPassword(password: string, stored: PasswordHash): Promise<boolean> {
  const [name, n, r, p, salt, hash] = stored.split('$')
  if (name !== 'scrypt' || salt === undefined || hash === undefined) throw new Error('not a password hash')
  const wanted = Buffer.from(hash, 'base64')
  const given = await derive(password, Buffer.from(salt, 'base64'), wanted.length, { N: Number(n), r: Number(r), p: Number(p) })
  return timingSafeEqual(given, wanted)
}

/** Equally written passwords must be equal however their accents were typed: RFC 8265 normalizes to NFC. */
function derive(password: string, salt: Buffer, length: number, cost: HashCost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, length, cost, (error, key) => (error ? reject(error) : resolve(key)))
  })
}

/** Letters and digits that cannot be taken for one another. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'

/** A password nobody chose: 20 characters, 116 bits. */
export function generatePassword(random: (bytes: number) => Uint8Array = randomBytes): string {
  let password = ''
  while (password.length < 20) {
    for (const byte of random(32)) {
      // Bytes beyond the largest multiple of the alphabet would make its first letters likelier.
      if (byte < Math.floor(256 / ALPHABET.length) * ALPHABET.length && password.length < 20)
        password += ALPHABET[byte % ALPHABET.length]
    }
  }
  return password
}
