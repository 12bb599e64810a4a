import { fork, type ChildProcess } from 'node:child_process'
import { ElkhornError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { Service } from '../core/service.ts'
import type { EpochMillis } from '../core/time.ts'
import { faultKinds } from './fault.ts'
import type { FromSample, ToSample } from './messages.ts'
import { buildPlant, gatewayNames } from './plant.ts'

const RESTART_AFTER_MILLIS = 5000
const ANSWER_LIMIT_MILLIS = 5000
const STOP_LIMIT_MILLIS = 2000

export interface SampleOptions {
  readonly log: Log
  readonly seed: number
  readonly intervalMs: number
  /** Where the broker listens: asked when it does. */
  readonly broker: () => { readonly host: string; readonly port: number }
  /** Makes a secret for a gateway, or a new one in place of the last: it is told to the process and kept nowhere. */
  readonly issueSecret: (gateway: string) => Promise<string>
  /** Start of the history that is still to be made up; `undefined` for none. */
  readonly backfillFrom: () => EpochMillis | undefined
  /** The history is stored: it will not be made up again. */
  readonly onBackfilled: (readings: number, durationMs: number) => void
  /** How much of the history is stored, 0 to 1. */
  readonly onProgress: (part: number) => void
}

/** The sample factory's process, seen from the main one: started, restarted, asked and stopped. */
export class SampleService implements Service {
  readonly name = 'sample'
  readonly #options: SampleOptions
  readonly #requests = new Map<number, (answer: Extract<FromSample, { kind: 'answer' }>) => void>()
  #child: ChildProcess | undefined
  #restart: NodeJS.Timeout | undefined
  #nextRequest = 0
  #stopping = false

  constructor(options: SampleOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    const secrets: Record<string, string> = {}
    for (const gateway of gatewayNames(buildPlant(this.#options.seed)))
      secrets[gateway] = await this.#options.issueSecret(gateway)
    this.#launch(secrets)
  }

  async stop(): Promise<void> {
    this.#stopping = true
    clearTimeout(this.#restart)
    const child = this.#child
    if (!child || child.exitCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MILLIS)
    await ended
    clearTimeout(timer)
  }

  /** @throws ElkhornError 503 while the process is not there */
  async describe(): Promise<{ readonly faults: readonly string[]; readonly kinds: Readonly<Record<string, string>> }> {
    const { faults } = await this.#ask((request) => ({ kind: 'list', request }))
    return { faults, kinds: faultKinds }
  }

  /** @throws ElkhornError 400 for a fault that there is not */
  async switchFault(text: string, on: boolean): Promise<void> {
    const { error } = await this.#ask((request) => ({ kind: 'fault', request, text, on }))
    if (error !== undefined) throw new ElkhornError('illegal_argument_exception', 400, error)
  }

  #launch(secrets: Readonly<Record<string, string>>): void {
    const child = fork(new URL('./main.js', import.meta.url), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: 'json',
    })
    this.#child = child
    child.on('message', (message: FromSample) => this.#hear(message))
    child.on('error', (error) => this.#options.log.warn({ error }, 'sample factory cannot be reached'))
    child.on('exit', (code, signal) => {
      if (this.#stopping) return
      this.#options.log.warn({ code, signal, restart_after_ms: RESTART_AFTER_MILLIS }, 'sample factory ended')
      this.#restart = setTimeout(() => this.#launch(secrets), RESTART_AFTER_MILLIS)
    })
    const { seed, intervalMs, backfillFrom, broker } = this.#options
    child.send({ kind: 'run', ...broker(), seed, intervalMs, backfillFrom: backfillFrom(), secrets } satisfies ToSample)
  }

  #hear(message: FromSample): void {
    switch (message.kind) {
      case 'progress':
        this.#options.onProgress(message.sent / message.total)
        return
      case 'backfilled':
        this.#options.onBackfilled(message.readings, message.durationMs)
        return
      case 'trouble':
        this.#options.log.warn({ reason: message.text }, 'sample factory cannot send')
        return
      case 'answer':
        this.#requests.get(message.request)?.(message)
    }
  }

  #ask(message: (request: number) => ToSample): Promise<Extract<FromSample, { kind: 'answer' }>> {
    const child = this.#child
    if (!child?.connected) return Promise.reject(notThere())
    const request = this.#nextRequest++
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#requests.delete(request)
        reject(notThere())
      }, ANSWER_LIMIT_MILLIS)
      this.#requests.set(request, (answer) => {
        clearTimeout(timer)
        this.#requests.delete(request)
        resolve(answer)
      })
      child.send(message(request))
    })
  }
}

const notThere = (): ElkhornError =>
  new ElkhornError('process_unavailable_exception', 503, 'the sample factory does not answer; it is restarted when it has ended')
