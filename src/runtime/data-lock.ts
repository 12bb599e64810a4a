import { mkdir, open, readFile, rm, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Somebody taking over a stale lock needs milliseconds for it; after this long it died on the way. */
const TAKEOVER_MILLIS = 5000

/** Who holds a data folder: its process, and when that process started where the system tells. */
interface Holder {
  readonly pid: number
  /** Clock ticks since boot (Linux, `/proc/<pid>/stat`): tells a process from a later one with the same id. */
  readonly started: string
}

/**
 * Makes this process the only one that uses the data folder, which is created where it is missing. A lock whose process
 * is gone is taken over.
 *
 * @returns the function that gives the folder up
 * @throws Error with one line naming the folder and the process that holds it, or what the system said
 */
export async function lockDataFolder(folder: string, ownPid = process.pid): Promise<() => Promise<void>> {
  try {
    await mkdir(folder, { recursive: true })
  } catch (error) {
    throw new Error(`cannot create data folder [${folder}]: ${reasonOf(error)}`, { cause: error })
  }
  const path = join(folder, 'lock')
  const mine: Holder = { pid: ownPid, started: await startedAt(ownPid) }
  for (;;) {
    if (await create(path, mine, folder)) return () => rm(path, { force: true })
    const holder = await readHolder(path)
    if (holder && (await isAlive(holder, ownPid))) {
      throw new Error(`data folder [${folder}] is in use by process ${holder.pid}; stop it, or give another folder with --data`)
    }
    await removeStale(path, holder, ownPid)
  }
}

/** @returns false when there is a lock already */
async function create(path: string, holder: Holder, folder: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600)
    try {
      await file.writeFile(`${holder.pid} ${holder.started}\n`)
    } finally {
      await file.close()
    }
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    await rm(path, { force: true })
    throw new Error(`cannot write to data folder [${folder}]: ${reasonOf(error)}`, { cause: error })
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '') // gone again: the next round creates it
  const match = /^(\d+) (\S*)/.exec(text)
  return match ? { pid: Number(match[1]), started: match[2] ?? '' } : undefined
}

/** Two processes may find the same stale lock: a folder, which only one can create, decides who removes it. */
async function removeStale(path: string, stale: Holder | undefined, ownPid: number): Promise<void> {
  const turn = `${path}.takeover`
  try {
    await mkdir(turn)
  } catch {
    const age =
      Date.now() -
      (await stat(turn).then(
        (s) => s.mtimeMs,
        () => Date.now(),
      ))
    if (age > TAKEOVER_MILLIS) await rmdir(turn).catch(() => undefined) // removed by somebody else: just as well
    await new Promise((resolve) => setTimeout(resolve, 20))
    return
  }
  try {
    const holder = await readHolder(path)
    const changed = holder?.pid !== stale?.pid || holder?.started !== stale?.started
    if (!changed && !(holder && (await isAlive(holder, ownPid)))) await rm(path, { force: true })
  } finally {
    await rmdir(turn)
  }
}

async function isAlive(holder: Holder, ownPid: number): Promise<boolean> {
  if (holder.pid === ownPid) return (await startedAt(ownPid)) === holder.started && holder.started !== ''
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' // alive, and somebody else's
  }
  return holder.started === '' || (await startedAt(holder.pid)) === holder.started
}

/** Of a process that has ended, until whoever started it asks how: it does nothing any more. */
const ENDED: ReadonlySet<string> = new Set(['Z', 'X'])

/** '' where the system does not tell: then a live process with that id counts as the holder. */
async function startedAt(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const [state = '', ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return ENDED.has(state) ? 'ended' : (rest[18] ?? '')
}

const reasonOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC') return 'the disk is full'
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied'
  if (code === 'EROFS') return 'the file system is read-only'
  return message
}
