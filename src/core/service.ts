/**
 * A part of the program with a life. `main.ts` starts services in order and stops them in reverse.
 *
 * `start` resolves when the service can do its work (its port listens, its files are open) and rejects with one clear
 * line naming the thing that is in the way. `stop` finishes what was acknowledged and may be called after a failed start.
 */
export interface Service {
  readonly name: string
  start(): Promise<void>
  stop(): Promise<void>
}
