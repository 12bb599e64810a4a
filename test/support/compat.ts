import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

/** A file of `compat/`: requests and the parts of their answers that matter, the same for every compatible server. */
export interface CompatFile {
  readonly name: string
  /** Servers that answer so. */
  readonly servers: readonly CompatServer[]
  /** Requests that clear away what the file makes: before and after it, whatever they answer. */
  readonly cleanup: readonly string[]
  /** Before the first test. */
  readonly setup: readonly Step[]
  readonly tests: readonly CompatTest[]
}

export interface CompatTest {
  readonly name: string
  /** Those of the file that answer this one so; all of them when absent. */
  readonly servers?: readonly CompatServer[]
  readonly steps: readonly Step[]
}

export type CompatServer = 'elkhorn' | 'opensearch'

export interface Step {
  /** `POST /logs/_search` */
  readonly request: string
  /** Sent as JSON. */
  readonly body?: unknown
  /** Sent as NDJSON instead. */
  readonly lines?: readonly unknown[]
  /** 200 or 201 when absent. */
  readonly status?: number
  /** What the answer has; members that are not named may be there as well. A text `/…/` is a regular expression. */
  readonly expect?: unknown
}

export interface CompatAnswer {
  readonly status: number
  readonly json: unknown
}

export type CompatCall = (method: string, path: string, body?: unknown) => Promise<CompatAnswer>

const FOLDER = new URL('../../compat', import.meta.url).pathname

/** @throws Error naming the file that is not as it should be */
export function loadCompatFiles(): readonly CompatFile[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.yaml'))
    .toSorted()
    .map((file) => {
      const {
        servers = ['elkhorn', 'opensearch'],
        cleanup = [],
        setup = [],
        tests,
      } = parse(readFileSync(join(FOLDER, file), 'utf8')) as Partial<CompatFile>
      if (!Array.isArray(tests) || tests.length === 0) throw new Error(`compat/${file} has no tests`)
      return { name: file.replace(/\.yaml$/, ''), servers, cleanup, setup, tests }
    })
}

/** Sends a step; returns what is otherwise than it expects, empty when all is well. */
export async function runStep(step: Step, call: CompatCall): Promise<readonly string[]> {
  const [method = 'GET', path = '/'] = step.request.split(' ')
  const body = step.lines ? step.lines.map((line) => `${JSON.stringify(line)}\n`).join('') : step.body
  const answer = await call(method, path, body)
  const isRight = step.status === undefined ? answer.status === 200 || answer.status === 201 : answer.status === step.status
  if (!isRight)
    return [`${step.request}: status ${answer.status} instead of ${step.status ?? 200}: ${JSON.stringify(answer.json)}`]
  return step.expect === undefined ? [] : differences(answer.json, step.expect, step.request)
}

/** Where a value lacks what it should have. Lists have to have the same length. */
export function differences(actual: unknown, wanted: unknown, path: string): readonly string[] {
  if (typeof wanted === 'string' && /^\/.*\/$/s.test(wanted)) {
    const isLike = new RegExp(wanted.slice(1, -1), 's').test(String(actual))
    return isLike ? [] : [`${path}: ${JSON.stringify(actual)} does not match ${wanted}`]
  }
  if (typeof wanted === 'number' && typeof actual === 'number') {
    const isNear = Math.abs(actual - wanted) <= 1e-6 * Math.max(1, Math.abs(wanted))
    return isNear ? [] : [`${path}: ${actual} instead of ${wanted}`]
  }
  if (Array.isArray(wanted)) {
    if (!Array.isArray(actual) || actual.length !== wanted.length) return [unlike(actual, wanted, path)]
    return wanted.flatMap((one, at) => differences(actual[at], one, `${path}[${at}]`))
  }
  if (typeof wanted === 'object' && wanted !== null) {
    if (typeof actual !== 'object' || actual === null || Array.isArray(actual)) return [unlike(actual, wanted, path)]
    const has: Readonly<Record<string, unknown>> = { ...actual }
    return Object.entries(wanted).flatMap(([key, one]) => differences(has[key], one, `${path}.${key}`))
  }
  return actual === wanted ? [] : [unlike(actual, wanted, path)]
}

const unlike = (actual: unknown, wanted: unknown, path: string): string =>
  `${path}: ${JSON.stringify(actual)} instead of ${JSON.stringify(wanted)}`
