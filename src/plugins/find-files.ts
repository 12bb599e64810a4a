import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { globToRegExp } from './glob.ts'

/** Folders below one another that are looked into; deeper ones are left out. */
const MAX_DEPTH = 20

/** Files whose absolute path fits one of the patterns, and whose name none of `exclude`. Folders that cannot be read are left out. */
export async function findFiles(patterns: readonly string[], exclude: readonly string[]): Promise<string[]> {
  const excluded = exclude.map(globToRegExp)
  const found = new Set<string>()
  for (const pattern of patterns) {
    const parts = pattern.split('/')
    const wild = parts.findIndex((part) => /[*?[{]/.test(part))
    const fixed = wild < 0 ? parts.slice(0, -1) : parts.slice(0, wild)
    const depth = pattern.includes('**') ? MAX_DEPTH : parts.length - fixed.length - 1
    const regexp = globToRegExp(pattern)
    for (const path of await walk(fixed.join('/') || '/', depth)) if (regexp.test(path)) found.add(path)
  }
  return [...found].filter((path) => !excluded.some((one) => one.test(basename(path))))
}

async function walk(folder: string, depth: number): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const paths: string[] = []
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (!entry.isDirectory()) paths.push(path)
    else if (depth > 0) paths.push(...(await walk(path, depth - 1)))
  }
  return paths
}
