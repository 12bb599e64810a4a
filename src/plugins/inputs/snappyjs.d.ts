declare module 'snappyjs' {
  /** Snappy's block format. @throws Error when the bytes are none, or would be longer than `maxLength` */
  export function uncompress(compressed: Uint8Array, maxLength?: number): Uint8Array
  export function compress(bytes: Uint8Array): Uint8Array
}
