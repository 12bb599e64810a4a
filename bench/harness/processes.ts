import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks per second of `/proc/<pid>/stat`: 100 on every Linux that Node.js runs on. */
const TICKS_PER_SECOND = 100

/** A server under measurement: its processes, with whatever they start. Linux only: CPU time is read from /proc. */
export class ProcessTree {
  readonly #roots: readonly number[]

  constructor(roots: readonly number[]) {
    this.#roots = roots
  }

  /** User and system CPU seconds so far, including those of children that have ended. */
  cpuSeconds(): number {
    let ticks = 0
    for (const pid of this.#pids()) {
      const fields = statFields(pid)
      ticks += [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields?.[at] ?? 0), 0)
    }
    return ticks / TICKS_PER_SECOND
  }

  /** Resident memory in bytes, as it is now. */
  residentBytes(): number {
    let kilobytes = 0
    for (const pid of this.#pids()) kilobytes += Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0)
    return kilobytes * 1024
  }

  #pids(): number[] {
    const parents = new Map<number, number>()
    for (const name of readdirSync('/proc')) {
      if (/^\d+$/.test(name)) parents.set(Number(name), Number(statFields(Number(name))?.[1] ?? 0))
    }
    return [...parents.keys()].filter((pid) => {
      for (let at: number | undefined = pid; at; at = parents.get(at)) if (this.#roots.includes(at)) return true
      return false
    })
  }
}

/** The fields after the command's name: state, parent, … */
function statFields(pid: number): string[] | undefined {
  const text = read(`/proc/${pid}/stat`)
  return text === '' ? undefined : text.slice(text.lastIndexOf(')') + 2).split(' ')
}

/** '' when the process is gone. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
