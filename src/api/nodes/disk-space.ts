import { statfs } from 'node:fs/promises'

export interface DiskSpace {
  readonly totalBytes: number
  readonly freeBytes: number
  /** What may still be written: some systems keep a part back. */
  readonly availableBytes: number
  /** Kind of file system, as the operating system numbers it. */
  readonly type: number
}

/** Space of the file system that `path` lies on. */
export async function loadDiskSpace(path: string): Promise<DiskSpace> {
  const { bsize, blocks, bfree, bavail, type } = await statfs(path)
  return { totalBytes: blocks * bsize, freeBytes: bfree * bsize, availableBytes: bavail * bsize, type }
}
