import { setFlagsFromString } from 'node:v8'

/**
 * Keeps V8 from making objects old when they are born ("allocation site pretenuring"). Events live until their batch is on
 * disk and often survive one collection; V8 takes that for a long life and makes the next ones among the old objects. There each
 * of them keeps all that it refers to, long after it is done with, and everything is copied twice.
 */
export function keepNewObjectsYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring')
}
