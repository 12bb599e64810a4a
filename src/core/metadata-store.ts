/**
 * Small durable state that is not documents: indices and templates, users and roles, keys, pipelines, saved watches.
 *
 * Values are plain JSON and are never changed in place. `put` and `delete` take effect in memory at once, in the order of
 * the calls, and resolve when they are on disk. Reading is synchronous: everything is in memory.
 */
export interface MetadataStore {
  section<T>(name: string): MetadataSection<T>
  /** Resolves when everything changed before this call is on disk. */
  flush(): Promise<void>
}

export interface MetadataSection<T> {
  get(key: string): T | undefined
  has(key: string): boolean
  readonly size: number
  entries(): IterableIterator<[string, T]>
  put(key: string, value: T): Promise<void>
  /** Resolves to whether the key was there. */
  delete(key: string): Promise<boolean>
}
