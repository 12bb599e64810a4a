import { spawn, type ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../../../core/log.ts'
import { StatementError } from '../lanes.ts'
import { frame, FrameReader } from './frames.ts'
import type { Answer, ChildOptions, Request } from './messages.ts'
import { childProgram } from './program.ts'
import { Definitions } from '../tables/definitions.ts'

/** The child ended before it answered; whether it did the work is not known. */
export class ChildDied extends Error {
  /** By `SIGKILL`: somebody, or the system, ended it; what it was running hardly did. */
  readonly wasKilled: boolean

  constructor(wasKilled: boolean) {
    super('the engine process ended before it answered')
    this.name = 'ChildDied'
    this.wasKilled = wasKilled
  }
}

/** A request without its number, which is given when it is sent. */
export type Unsent = { [K in Request['kind']]: Omit<Extract<Request, { kind: K }>, 'id'> }[Request['kind']]

/** A child that a dead main process left behind needs a moment to notice; it holds the folder's lock until then. */
const LOCK_WAIT_MS = 10_000
const LOCK_RETRY_MS = 50
/** Waits between restarts of a child that dies again and again. The first restart is immediate. */
const RESTART_DELAYS_MS = [0, 100, 250, 500, 1000, 2000, 5000]
/** A child that lived so long was well: the next restart is immediate again. */
const HEALTHY_MS = 10_000
const RESTART_RETRY_MS = 250
const STDERR_KEPT = 4096

/**
 * The engine's process, always running between `start` and `stop`: when it dies it is started again, and what it had not
 * answered fails with `ChildDied` for the caller to decide about.
 */
export class EngineProcess {
  readonly #options: ChildOptions
  readonly #log: Log
  readonly #waiting = new Map<number, { resolve(payload: Buffer): void; reject(error: Error): void }>()
  readonly #onUp: (() => void)[] = []
  #child: ChildProcess | undefined
  #socket: Socket | undefined
  #up: Promise<void> = Promise.reject(new Error('the engine process was not started'))
  #stopping = false
  #nextId = 1
  #deathsInARow = 0

  constructor(options: ChildOptions, log: Log) {
    this.#options = options
    this.#log = log
    this.#up.catch(() => undefined)
  }

  /** Process id of the child that runs now. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** @throws Error naming what is in the way of opening the engine's folder */
  async start(): Promise<void> {
    this.#stopping = false
    const deadline = performance.now() + LOCK_WAIT_MS
    for (;;) {
      try {
        this.#up = this.#spawn()
        this.#up.catch(() => undefined)
        await this.#up
        return
      } catch (error) {
        const locked = error instanceof Error && /lock/i.test(error.message)
        if (!locked || performance.now() > deadline) throw error
        await delay(LOCK_RETRY_MS)
      }
    }
  }

  /** Ends the child. Everything it stored is on disk already. */
  async stop(): Promise<void> {
    this.#stopping = true
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.kill('SIGKILL')
    await gone
  }

  /** Calls back each time a child becomes ready after the first. */
  onRestart(listener: () => void): void {
    this.#onUp.push(listener)
  }

  /**
   * @throws StatementError what the engine refused
   * @throws ChildDied
   */
  async send(request: Unsent, payload: readonly Uint8Array[] = []): Promise<Buffer> {
    await this.#up
    const socket = this.#socket
    if (socket === undefined || socket.destroyed) throw new ChildDied(true)
    const id = this.#nextId++
    const answer = new Promise<Buffer>((resolve, reject) => this.#waiting.set(id, { resolve, reject }))
    socket.cork()
    for (const part of frame({ ...request, id }, payload)) socket.write(part)
    socket.uncork()
    return answer
  }

  async #spawn(): Promise<void> {
    const tables = await new Definitions(this.#options.path).repair()
    if (tables.length > 0) this.#log.warn({ tables }, 'definitions of tables had not been written in full')
    if (this.#stopping) throw new Error('the engine is stopping')
    const child = spawn(process.execPath, ['--max-semi-space-size=1', childProgram(), JSON.stringify(this.#options)], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      // Every lane holds a thread of the pool while its statement runs. Nothing else of our environment is its business.
      env: { UV_THREADPOOL_SIZE: String(this.#options.lanes + 3), TZ: 'UTC' },
    })
    const bornAt = performance.now()
    const socket = child.stdio[3] as Socket
    this.#child = child
    this.#socket = socket
    let stderr = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString('utf8')).slice(-STDERR_KEPT)
    })
    return new Promise<void>((resolve, reject) => {
      let ready = false
      let refusal = ''
      const reader = new FrameReader((head, payload) => {
        const answer = head as Answer
        if (answer.kind === 'ready') {
          ready = true
          resolve()
        } else if (answer.kind === 'refused') refusal = answer.message
        else this.#settle(answer, payload)
      })
      socket.on('data', (chunk: Buffer) => reader.push(chunk))
      socket.on('error', () => undefined) // the end tells more
      child.on('error', (error) => reject(new Error('the engine process cannot be started', { cause: error })))
      // Later than 'exit': everything it said has arrived. The engine tells its reasons on standard error only.
      child.on('close', (code, signal) => {
        socket.destroy()
        this.#failWaiting(signal === 'SIGKILL')
        const reason = lastLine(stderr) || refusal || `it ended at once (${signal ?? code})`
        if (!ready) reject(new Error(`the engine cannot open ${this.#options.path}: ${reason}`))
        else if (!this.#stopping) this.#restart(performance.now() - bornAt, { code, signal, stderr: lastLine(stderr) })
      })
    })
  }

  #restart(livedMs: number, end: { code: number | null; signal: string | null; stderr: string }): void {
    this.#deathsInARow = livedMs > HEALTHY_MS ? 1 : this.#deathsInARow + 1
    const waitMs = RESTART_DELAYS_MS[Math.min(this.#deathsInARow, RESTART_DELAYS_MS.length) - 1] ?? 0
    this.#log.error(
      { ...end, lived_ms: Math.round(livedMs), restart_in_ms: waitMs },
      'the engine process ended and is started again',
    )
    this.#up = (async (): Promise<void> => {
      await delay(waitMs)
      while (!(await this.#tryAgain())) await delay(RESTART_RETRY_MS)
      for (const listener of this.#onUp) listener()
    })()
    this.#up.catch(() => undefined)
  }

  async #tryAgain(): Promise<boolean> {
    if (this.#stopping) throw new Error('the engine is stopping')
    try {
      await this.#spawn()
      return true
    } catch (error) {
      this.#log.error({ error: String(error) }, 'the engine process does not start')
      return false
    }
  }

  #settle(answer: Exclude<Answer, { kind: 'ready' | 'refused' }>, payload: Buffer): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if (answer.kind === 'done') waiting?.resolve(payload)
    else waiting?.reject(new StatementError(answer.code, answer.message))
  }

  #failWaiting(wasKilled: boolean): void {
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const call of waiting) call.reject(new ChildDied(wasKilled))
  }
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? ''
}
