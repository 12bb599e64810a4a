import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bulk, chromiumPath, signIn, startPages, storeFactory, type Pages } from '../support/pages.ts'
import { PASSWORD } from '../support/start-elkhorn.ts'

const DASHBOARD = '/dashboards/smart-factory?from=now-10m&to=now&live=0'
const DISCOVER = '/discover?from=now-10m&to=now'

/** What a page shows while Elkhorn is not there, or has not got what was asked for; and how it finds its way back. */
describe.skipIf(chromiumPath === undefined)('when something fails', () => {
  let pages: Pages
  beforeAll(async () => {
    pages = await startPages()
    await storeFactory(pages.elkhorn)
  })
  afterAll(() => pages.stop())

  /** A picture for whoever wants to look, in the folder that `ELKHORN_PICTURES` names. */
  const picture = async (page: Page, name: string): Promise<void> => {
    const folder = process.env['ELKHORN_PICTURES']
    if (folder !== undefined) await writeFile(join(folder, `${name}.png`), await page.screenshot())
  }

  test('a dashboard keeps its figures, says of when they are and why, and goes on by itself', async () => {
    const page = await pages.openSignedIn(DASHBOARD)
    const panel = page.locator('[data-panel="temperature-by-line"]')
    await page.getByText('of 200').waitFor()
    await panel.locator('canvas').waitFor()
    await pages.halt()
    await page.keyboard.press('r')
    const note = panel.getByText(/^As of \d\d?:\d\d:\d\d: Elkhorn cannot be reached$/)
    await note.waitFor()
    await page.getByRole('status').filter({ hasText: 'Trying again' }).waitFor()
    expect(await panel.locator('canvas').count()).toBe(1)
    expect(await page.getByText('of 200').count()).toBe(1)
    await picture(page, 'dashboard-server-gone')
    await panel.getByRole('button', { name: 'Try again' }).click()
    await note.waitFor()
    await pages.restart()
    await expect.poll(() => page.locator('[data-stale="true"]').count(), { timeout: 60_000 }).toBe(0)
    expect(await page.getByText('of 200').count()).toBe(1)
  })

  test('Discover keeps its documents, histogram and fields', async () => {
    const page = await pages.openSignedIn(DISCOVER)
    await page.locator('[data-row="3"]').waitFor()
    await page.getByRole('button', { name: 'device.type', exact: false }).first().click()
    await page.getByRole('button', { name: 'Only device.type: line' }).waitFor()
    await pages.halt()
    await page.keyboard.press('r')
    // The documents with their histogram, the fields, and the values of the one that is open.
    await expect.poll(() => page.getByText(/^As of .*: Elkhorn cannot be reached$/).count()).toBe(3)
    expect(await page.locator('[data-row="3"]').count()).toBe(1)
    await picture(page, 'discover-server-gone')
    await pages.restart()
    await expect.poll(() => page.getByText(/^As of/).count(), { timeout: 60_000 }).toBe(0)
    await page.locator('[data-row="3"]').waitFor()
  })

  test('what was not opened yet can be opened without the server, once the browser was idle', async () => {
    const page = await pages.openSignedIn(DISCOVER)
    await page.locator('[data-row="3"]').waitFor()
    await page.waitForLoadState('networkidle')
    await pages.halt()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByText('Open').first().waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: 'Dashboards' }).click()
    await page.getByText('Elkhorn cannot be reached').first().waitFor()
    await picture(page, 'dashboards-server-gone')
    await pages.restart()
    await page.getByRole('link', { name: /Smart factory/ }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/dashboards')
  })

  test('an expired session is asked for again, and leads back', async () => {
    const page = await pages.openSignedIn(DASHBOARD)
    await page.getByText('of 200').waitFor()
    await page.context().clearCookies()
    await page.keyboard.press('r')
    await page.waitForURL(({ pathname, search }) => pathname === '/sign-in' && search.includes('smart-factory'))
    await picture(page, 'session-expired')
    await signIn(page, PASSWORD)
    await page.getByText('of 200').waitFor()
    expect(page.url()).toContain(DASHBOARD)
  })

  test('an index of 10,000 fields can be searched and its fields found', async () => {
    const fields = Array.from({ length: 10_000 }, (_, at) => [`f${String(at).padStart(5, '0')}`, { type: 'long' }] as const)
    const mappings = { properties: { '@timestamp': { type: 'date' }, ...Object.fromEntries(fields) } }
    const settings = { 'index.mapping.total_fields.limit': 20_000 }
    expect((await pages.elkhorn.call('PUT', '/wide', { settings, mappings })).status).toBe(200)
    const values = Object.fromEntries(fields.map(([name], at) => [name, at]))
    await bulk(pages.elkhorn, [{ index: { _index: 'wide' } }, { '@timestamp': new Date().toISOString(), ...values }])
    const page = await pages.openSignedIn('/discover?view=wide')
    await page.locator('[data-row="0"]').waitFor()
    await picture(page, 'ten-thousand-fields')
    await page.getByLabel('Find a field').fill('f09999')
    await page.getByRole('button', { name: 'Add f09999 as a column' }).click()
    await page.getByRole('columnheader').filter({ hasText: 'f09999' }).waitFor()
    expect(await page.locator('[data-row="0"]').innerText()).toMatch(/\s9999$/)
    await page.locator('[data-row="0"]').click()
    await page.getByRole('complementary', { name: 'Document' }).getByText('f00000').first().waitFor()
    await picture(page, 'ten-thousand-fields-document')
  })

  test('a value of 1 MB is shown in part, and whole where it is asked for', async () => {
    const text = `begin ${'lorem ipsum '.repeat(87_000)}end`
    await bulk(pages.elkhorn, [{ index: { _index: 'long' } }, { '@timestamp': new Date().toISOString(), message: text, code: 7 }])
    const page = await pages.openSignedIn('/discover?view=long&columns=message,code')
    await page.locator('[data-row="0"]').getByText('begin').waitFor()
    await page.locator('[data-row="0"]').click()
    const detail = page.getByRole('complementary', { name: 'Document' })
    await detail.getByText('begin').first().waitFor()
    await picture(page, 'one-megabyte')
    expect((await detail.innerText()).length).toBeLessThan(10_000)
    await detail.getByRole('button', { name: /^Show all of it \(1\.0/ }).click()
    await expect.poll(() => detail.innerText().then((shown) => shown.includes('ipsum end'))).toBe(true)
    await page.getByRole('tab', { name: 'JSON' }).click()
    await page
      .getByRole('tabpanel')
      .getByRole('button', { name: /^Show all of it/ })
      .click()
    await expect
      .poll(() =>
        page
          .getByRole('tabpanel')
          .innerText()
          .then((shown) => shown.includes('"code": 7')),
      )
      .toBe(true)
    await picture(page, 'one-megabyte-json')
  })

  test('an index without a time field shows what it holds', async () => {
    await bulk(pages.elkhorn, [{ index: { _index: 'timeless' } }, { name: 'only one', size: 3 }])
    const page = await pages.openSignedIn('/discover?view=timeless')
    await page.locator('[data-row="0"]').getByText('only one').waitFor()
    await page.getByText('These documents have no time').waitFor()
    await page.getByRole('heading', { name: '1 document', exact: true }).waitFor()
    expect(await page.locator('[data-row]').count()).toBe(1)
    await picture(page, 'no-time-field')
  })

  test('nothing found says so, and offers a wider range', async () => {
    const page = await pages.openSignedIn('/discover?from=2001-01-01&to=2001-01-02')
    await page.getByText('No document matches').waitFor()
    await picture(page, 'nothing-found')
    await page.getByRole('button', { name: /24 hours/ }).click()
    await page.locator('[data-row="0"]').waitFor()
    expect(new URL(page.url()).searchParams.get('from')).toBe('now-24h')
  })

  test('a part that fails leaves the others alone', async () => {
    await bulk(pages.elkhorn, [{ index: { _index: 'odd' } }, { '@timestamp': new Date().toISOString(), state: 'text here' }])
    const page = await pages.openSignedIn('/discover?view=odd&sort=state:asc')
    await page.getByRole('alert').filter({ hasText: 'fielddata' }).waitFor()
    await page.getByRole('button', { name: 'state.keyword' }).first().waitFor()
    expect(await page.locator('g[data-active] rect').count()).toBe(1)
    await picture(page, 'sort-refused')
  })

  test('what one of two indices cannot answer is said, and the other one answers', async () => {
    await bulk(pages.elkhorn, [
      { index: { _index: 'pair-text' } },
      { '@timestamp': new Date().toISOString(), size: 'very large' },
      { index: { _index: 'pair-number' } },
      { '@timestamp': new Date().toISOString(), size: 7 },
    ])
    const page = await pages.openSignedIn('/discover?view=pair-*&sort=size:asc')
    await page.locator('[data-row="0"]').getByText('7').first().waitFor()
    await page.getByRole('status').filter({ hasText: 'lower than they should be' }).first().waitFor()
    expect(await page.locator('[data-row]').count()).toBe(1)
    await picture(page, 'half-an-answer')
  })

  test('no page did what it must not', () => expect(pages.offences).toEqual([]))
})
