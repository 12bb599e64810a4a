// `node scripts/pictures.mjs`: makes the pictures of README and docs/guide anew, from a real Elkhorn in a real browser with two
// hours of the sample factory, a bearing that breaks up and a line that is offline. Where they look wrong, the pages are.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { build } from './build.mjs'
import { findChromium } from './lib/chromium.mjs'
import { startElkhorn } from './lib/elkhorn.mjs'
import { root } from './lib/project.mjs'

const MINUTE = 60_000
const BULK_LINES = 20_000
const FACTORY = '/dashboards/smart-factory?from=now-1h&to=now&live=0'
const DISCOVER = '/discover?from=now-1h&to=now'

/** Each picture: where, and what a reader would do there before looking. */
const pictures = [
  { name: 'factory', path: FACTORY, themes: ['light', 'dark'], show: drawn },
  { name: 'discover', path: DISCOVER, themes: ['light', 'dark'], show: rows },
  {
    name: 'discover-query',
    path: `${DISCOVER}&q=device.type:+equipment+and+vibration.rms+%3E+1`,
    show: async (page) => {
      await rows(page)
      const query = page.getByRole('combobox', { name: 'Query' })
      await query.focus()
      await query.press('End')
      await query.pressSequentially(' and device.', { delay: 20 })
      await page.getByRole('option').nth(1).waitFor()
    },
  },
  {
    name: 'discover-document',
    path: DISCOVER,
    show: async (page) => {
      await rows(page)
      await page.getByRole('button', { name: 'machine.type' }).first().click()
      await page
        .getByRole('button', { name: /^Only machine.type/ })
        .first()
        .waitFor()
      await page.locator('[data-row="2"]').click()
      await page.getByRole('tab', { name: 'JSON' }).waitFor()
    },
  },
  {
    name: 'dashboard-chart',
    path: `${FACTORY}&panel=vibration-by-machine`,
    show: async (page) => {
      await page.locator('canvas').waitFor()
      await page.getByRole('application').hover({ position: { x: 700, y: 200 } })
      await page.getByRole('button', { name: /^Panel/ }).click()
      await page.getByRole('menuitem').first().waitFor()
    },
  },
  { name: 'phone-factory', path: FACTORY, phone: true, show: drawn },
  { name: 'phone-discover', path: DISCOVER, phone: true, show: rows },
]

/** @param {import('playwright-core').Page} page */
async function drawn(page) {
  await page.getByText('of 200').waitFor()
  await nothingWaiting(page)
}

/** @param {import('playwright-core').Page} page */
async function rows(page) {
  await page.locator('[data-row="3"]').waitFor()
  await nothingWaiting(page)
}

const nothingWaiting = (page) =>
  page.waitForFunction(() =>
    [...document.querySelectorAll('[data-loading]')].every((element) => element.getBoundingClientRect().top > innerHeight),
  )

/** The sample factory's own model, from its source: no program of `dist/` is it alone. */
async function factoryClass() {
  const { rolldown } = await import('rolldown')
  const bundle = await rolldown({ cwd: root, input: join(root, 'src/sample/factory.ts'), platform: 'node' })
  const { output } = await bundle.generate({ format: 'esm' })
  await bundle.close()
  const { Factory } = await import(`data:text/javascript;base64,${Buffer.from(output[0].code).toString('base64')}`)
  return Factory
}

async function storeFactory({ url, user, password }) {
  const Factory = await factoryClass()
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  const send = async (method, path, body, type) => {
    const answer = await fetch(url + path, { method, headers: { authorization, 'content-type': type }, body })
    const text = await answer.text()
    if (!answer.ok || text.startsWith('{"errors":true')) throw new Error(`${method} ${path}: ${text.slice(0, 300)}`)
  }
  await send(
    'PUT',
    '/_index_template/iot-data',
    readFileSync(join(root, 'content/sample/iot-data-template.json')),
    'application/json',
  )
  const factory = new Factory(7)
  const now = Date.now()
  const every = { machines: MINUTE / 2, lines: MINUTE, environment: MINUTE }
  const readings = factory.readings(now - 120 * MINUTE, now - 20 * MINUTE, every)
  const { topic: press = '' } = readings.find(({ payload }) => payload.includes('"press-07"')) ?? {}
  factory.switchOn({ kind: 'bearing', target: press.split('/')[2] }, now - 20 * MINUTE)
  factory.switchOn({ kind: 'offline', target: 'line-3' }, now - 20 * MINUTE)
  readings.push(...factory.readings(now - 20 * MINUTE, now + 10 * MINUTE, every))
  const lines = readings.flatMap(({ topic, payload }) => {
    const { timestamp, device, ...rest } = JSON.parse(payload)
    const [, type, id] = topic.split('/')
    const document = { '@timestamp': timestamp, ...rest, topic, device: { ...device, type, id } }
    return [{ create: { _index: `iot-data-${timestamp.slice(0, 10).replaceAll('-', '.')}` } }, document]
  })
  for (let at = 0; at < lines.length; at += BULK_LINES) {
    const part = lines.slice(at, at + BULK_LINES).map((line) => `${JSON.stringify(line)}\n`)
    await send('POST', '/_bulk?refresh=true', part.join(''), 'application/x-ndjson')
  }
}

async function take(browser, base, password, { name, path, show, phone = false }, theme) {
  const context = await browser.newContext({
    locale: 'en-US',
    timezoneId: 'UTC',
    colorScheme: theme ?? 'light',
    reducedMotion: 'reduce',
    viewport: phone ? { width: 390, height: 844 } : { width: 1440, height: 900 },
    hasTouch: phone,
  })
  const page = await context.newPage()
  await page.goto(`${base}/sign-in`)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(({ pathname }) => pathname !== '/sign-in')
  await page.goto(base + path)
  await show(page)
  const file = `docs/images/${name}${theme === undefined ? '' : `-${theme}`}.png`
  await page.screenshot({ path: join(process.env.ELKHORN_PICTURES ?? root, file) })
  await context.close()
  console.log(`took ${file}`)
}

const executablePath = findChromium()
if (executablePath === undefined) throw new Error('there is no Chromium: install it, or name it in CHROMIUM')
if (!(await build())) process.exit(1)
const elkhorn = await startElkhorn()
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
const only = process.argv[2]
try {
  await storeFactory(elkhorn)
  const base = `http://127.0.0.1:${elkhorn.ports.ui}`
  for (const picture of pictures.filter(({ name }) => only === undefined || name.startsWith(only)))
    for (const theme of picture.themes ?? [undefined]) await take(browser, base, elkhorn.password, picture, theme)
} finally {
  await browser.close()
  await elkhorn.stop()
}
