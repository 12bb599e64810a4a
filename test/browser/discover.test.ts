import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bulk, chromiumPath, startPages, storeFactory, type Pages } from '../support/pages.ts'

/** What a value must never become: an element, or a script that runs. */
const HOSTILE = '<img src=x onerror="window.broken = true"><script>window.broken = true</script>'

describe.skipIf(chromiumPath === undefined)('Discover', () => {
  let pages: Pages
  beforeAll(async () => {
    pages = await startPages()
    await storeFactory(pages.elkhorn)
  })
  afterAll(() => pages.stop())

  const query = (page: Page) => page.getByRole('combobox', { name: 'Query' })
  const row = (page: Page, at: number) => page.locator(`[data-row="${at}"]`)
  /** Stores a log line of now in an index that no data view is about. */
  const log = async (message: string): Promise<void> =>
    bulk(pages.elkhorn, [{ index: { _index: 'app' } }, { '@timestamp': new Date().toISOString(), message }])

  test('finds what the REST API finds', async () => {
    const page = await pages.openSignedIn('/discover?from=now-1h&to=now%2B5m')
    await query(page).fill('device.type: environment and area: "Press shop"')
    await query(page).press('Enter')
    const { json } = await pages.elkhorn.call('POST', '/iot-data-*/_count', {
      query: { bool: { filter: [{ term: { 'device.type': 'environment' } }, { term: { area: 'Press shop' } }] } },
    })
    const { count } = json as { count: number }
    expect(count).toBeGreaterThan(10)
    await page.getByRole('heading', { name: `${count} documents`, exact: true }).waitFor()
    await row(page, 0).waitFor()
    expect(await row(page, 0).innerText()).toMatch(/env-\d+\s+environment\s+Press shop/)
    expect(new URL(page.url()).searchParams.get('q')).toBe('device.type: environment and area: "Press shop"')
  })

  test('a field shows its values, and one of them becomes a filter', async () => {
    const page = await pages.openSignedIn('/discover?from=now-1h&to=now%2B5m')
    await page.getByRole('button', { name: 'device.type', exact: false }).first().click()
    await page.getByRole('button', { name: 'Only device.type: line' }).click()
    await page.waitForURL(({ searchParams }) => searchParams.get('f')?.includes('line') === true)
    await expect.poll(() => row(page, 0).innerText(), { timeout: 30_000 }).toMatch(/\sline-\d+\s+line\s/)
  })

  test('says what is wrong with a query and where', async () => {
    const page = await pages.openSignedIn('/discover?from=now-1h&to=now%2B5m')
    await row(page, 0).waitFor()
    await query(page).fill('machine.state: (running or')
    await query(page).press('Enter')
    await page.getByRole('alert').filter({ hasText: 'Character 27:' }).waitFor()
    expect(await query(page).getAttribute('aria-invalid')).toBe('true')
    await query(page).fill('machine.state: (running or idle)')
    await query(page).press('Enter')
    await page.getByRole('alert').waitFor({ state: 'detached' })
  })

  test('shows a document as it was stored', async () => {
    const body = `{"index":{"_index":"exact"}}\n{"@timestamp":"${new Date().toISOString()}","id":9007199254740993}\n`
    await pages.elkhorn.call('POST', '/_bulk?refresh=true', body)
    const page = await pages.openSignedIn('/discover?view=exact')
    await row(page, 0).click()
    await page.getByRole('tab', { name: 'JSON' }).click()
    expect(await page.getByRole('tabpanel').innerText()).toContain('"id": 9007199254740993')
  })

  test('values are text, whatever they look like', async () => {
    await bulk(pages.elkhorn, [
      { index: { _index: 'hostile' } },
      { '@timestamp': new Date().toISOString(), message: HOSTILE, [HOSTILE.replaceAll('.', '')]: HOSTILE },
    ])
    const page = await pages.openSignedIn('/discover?view=hostile')
    await row(page, 0).getByText('onerror').first().waitFor()
    await row(page, 0).click()
    await page.getByRole('tab', { name: 'JSON' }).click()
    await page.getByRole('tabpanel').getByText('onerror').first().waitFor()
    expect(await page.evaluate(`'broken' in window`)).toBe(false)
  })

  test('a live tail puts new documents on top, and who reads further down keeps the place', async () => {
    await bulk(
      pages.elkhorn,
      Array.from({ length: 200 }, (_, at) => [
        { index: { _index: 'app' } },
        { '@timestamp': new Date(Date.now() - 60_000 - at * 1000).toISOString(), message: `old ${at}` },
      ]).flat(),
    )
    const page = await pages.openSignedIn('/discover?view=app&live=1')
    await row(page, 0).waitFor()
    await log('first news')
    await row(page, 0).getByText('first news').waitFor()

    const table = page.getByRole('grid', { name: 'Documents' })
    await table.evaluate((element) => element.parentElement?.scrollTo(0, 34 * 60))
    await row(page, 60).waitFor()
    const before = await row(page, 60).evaluate((element) => [element.textContent, element.getBoundingClientRect().top])
    // Who wants less motion: what moves is at its new place at once, not a frame later.
    const moved = row(page, 60).evaluate((element) => {
      const from = element.getBoundingClientRect().top
      element.style.translate = '0 7px'
      const to = element.getBoundingClientRect().top
      element.style.translate = ''
      return to - from
    })
    expect(await moved).toBe(7)

    await log('second news')
    await page.getByRole('button', { name: /1 new/ }).waitFor()
    const place = (): Promise<unknown> =>
      row(page, 61).evaluate((element) => [element.textContent, element.getBoundingClientRect().top])
    expect(await place()).toEqual(before)

    // A late document has its place further down: nothing above it moves, and it is not counted as new.
    const total = page.getByRole('heading', { level: 2 }).filter({ hasText: 'documents' })
    const known = await total.textContent()
    const late = { '@timestamp': new Date(Date.now() - 160_500).toISOString(), message: 'late' }
    await bulk(pages.elkhorn, [{ index: { _index: 'app' } }, late])
    await expect.poll(() => total.textContent()).not.toBe(known)
    expect(await place()).toEqual(before)
    await page.getByRole('button', { name: /1 new/ }).click()
    await row(page, 0).getByText('second news').waitFor()
  })

  test('no page did what it must not', () => expect(pages.offences).toEqual([]))
})
