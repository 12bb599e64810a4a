import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { Factory } from '../../src/sample/factory.ts'
import { PASSWORD, startElkhorn, type RunningElkhorn } from './start-elkhorn.ts'

const MINUTE = 60_000
/** A busy machine draws slowly: a bound against hanging, not a promise of speed. */
const PATIENCE_MS = 60_000

/** The distribution's browser; `undefined` where there is none: the tests are skipped then. `npm test` says what to install. */
export const chromiumPath: string | undefined = [
  process.env['CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => path !== '' && existsSync(path))

/** An Elkhorn of its own with the pages open in a browser. What pages should never do is noted while they are open. */
export interface Pages {
  readonly elkhorn: RunningElkhorn
  /** `http://127.0.0.1:<ui.port>` */
  readonly url: string
  /** A page of a person who has not signed in yet. */
  open(path: string, options?: BrowserContextOptions): Promise<Page>
  /** As `open`, signed in as `elastic`. */
  openSignedIn(path: string, options?: BrowserContextOptions): Promise<Page>
  /** Requests to other hosts, breaches of the content security policy, errors that nobody caught. */
  readonly offences: readonly string[]
  /** Stops Elkhorn while its pages stay open: what they ask then is refused by nobody, as nobody is there. */
  halt(): Promise<void>
  /** Starts it again, with the same data on the same ports. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export async function startPages(): Promise<Pages> {
  const folder = await mkdtemp(join(tmpdir(), 'elkhorn-pages-'))
  let elkhorn = await startElkhorn(join(folder, 'data'))
  const browser = await launch()
  const url = `http://127.0.0.1:${elkhorn.ports['ui']}`
  const offences: string[] = []

  const open: Pages['open'] = async (path, options = {}) => {
    const context = await browser.newContext({
      locale: 'en-US',
      timezoneId: 'UTC',
      reducedMotion: 'reduce',
      viewport: { width: 1440, height: 900 },
      ...options,
    })
    context.setDefaultTimeout(PATIENCE_MS)
    const page = await context.newPage()
    note(page, url, offences)
    await page.goto(url + path)
    return page
  }
  return {
    get elkhorn() {
      return elkhorn
    },
    url,
    offences,
    open,
    async openSignedIn(path, options) {
      const page = await open('/sign-in', options)
      await signIn(page, PASSWORD)
      await page.waitForURL(({ pathname }) => pathname !== '/sign-in')
      await page.goto(url + path)
      return page
    },
    async halt() {
      await elkhorn.stop()
    },
    async restart() {
      const { dataFolder, ports } = elkhorn
      const same = ['api', 'ui'].flatMap((name) => ['--set', `${name}.port=${ports[name]}`])
      elkhorn = await startElkhorn(dataFolder, ['--no-sample', ...same])
    },
    async stop() {
      await browser.close()
      await elkhorn.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function launch(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error('there is no Chromium')
  return chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}

/** Fills in the form of the sign-in page and sends it. */
export async function signIn(page: Page, password: string): Promise<void> {
  await page.getByLabel('User name').fill('elastic')
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

function note(page: Page, url: string, offences: string[]): void {
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !/^(?:data|blob):/.test(request.url())) offences.push(`request to ${request.url()}`)
  })
  page.on('pageerror', (error) => offences.push(`error ${error.message}`))
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) offences.push(message.text())
  })
}

/** What a screen reader, a keyboard or weak eyes cannot use, by axe-core's rules of WCAG 2.2 A and AA. */
export async function findBarriers(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: Axe }
    const { violations } = await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))
  })
}

interface Axe {
  run(options: object): Promise<{
    readonly violations: readonly {
      readonly id: string
      readonly impact: string
      readonly nodes: readonly { readonly html: string }[]
    }[]
  }>
}

/** A moment at which no machine of the factory is over a limit: at others the one that its story is about may be. */
const QUIET_MOMENT = Date.parse('2026-03-02T10:00:00Z')

/**
 * Stores what the sample factory would have sent from ten minutes ago on, and what it will send in the next five: so “the last
 * minute” holds a reading of every machine for as long as a test may take. It is the same factory at any time.
 */
export async function storeFactory(elkhorn: RunningElkhorn): Promise<void> {
  const template = await readFile(fileURLToPath(new URL('../../content/sample/iot-data-template.json', import.meta.url)), 'utf8')
  await elkhorn.call('PUT', '/_index_template/iot-data', JSON.parse(template))
  const now = Date.now()
  const every = { machines: MINUTE / 2, lines: MINUTE, environment: MINUTE }
  const readings = new Factory(7).readings(QUIET_MOMENT - 10 * MINUTE, QUIET_MOMENT + 5 * MINUTE, every)
  const lines = readings.flatMap(({ topic, payload }) => {
    const { timestamp: sent, device, ...rest } = JSON.parse(payload) as { timestamp: string; device: object }
    const timestamp = new Date(Date.parse(sent) + now - QUIET_MOMENT).toISOString()
    const [, type, id] = topic.split('/')
    const document = { '@timestamp': timestamp, ...rest, topic, device: { ...device, type, id } }
    return [{ create: { _index: `iot-data-${timestamp.slice(0, 10).replaceAll('-', '.')}` } }, document]
  })
  await bulk(elkhorn, lines)
}

/** Sends lines of a bulk request and waits until they are found. */
export async function bulk(elkhorn: RunningElkhorn, lines: readonly object[]): Promise<void> {
  const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
  const { status, text, json } = await elkhorn.call('POST', '/_bulk?refresh=true', body)
  if (status !== 200 || (json as { errors: boolean }).errors) throw new Error(`documents were refused: ${text.slice(0, 400)}`)
}
