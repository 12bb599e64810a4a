import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file system of its own that is soon full. Takes a Linux and the right to mount; `undefined` without. */
export function mountSmallDisk(size: string): { readonly path: string; unmount(): void } | undefined {
  const path = mkdtempSync(join(tmpdir(), 'elkhorn-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path], { stdio: 'ignore' })
  } catch {
    rmdirSync(path) // not root, or not Linux: the caller skips its test
    return undefined
  }
  return {
    path,
    unmount: () => {
      // Lazily: a process that was killed may have a child that needs a moment to end.
      execFileSync('umount', ['-l', path])
      rmdirSync(path)
    },
  }
}
