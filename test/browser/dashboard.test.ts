import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bulk, chromiumPath, startPages, storeFactory, type Pages } from '../support/pages.ts'

describe.skipIf(chromiumPath === undefined)('Smart factory', () => {
  let pages: Pages
  beforeAll(async () => {
    pages = await startPages()
    await storeFactory(pages.elkhorn)
  })
  afterAll(() => pages.stop())

  test('shows the plant, and a machine that goes wrong by itself', async () => {
    const page = await pages.openSignedIn('/')
    await page.waitForURL(({ pathname }) => pathname === '/dashboards/smart-factory')
    const panel = (id: string) => page.locator(`[data-panel="${id}"]`)
    await panel('machines-online').getByText('of 200').waitFor()
    expect(await panel('machines-online').innerText()).toMatch(/Machines online\s+200\s+of 200/)
    await panel('machines-over-limit').getByText('in alarm 0').waitFor()
    expect(await panel('machines-over-limit').innerText()).toMatch(/Machines over a limit\s+0\s+OK\s+in alarm 0/)
    await panel('plant')
      .getByRole('button', { name: /OK\s*200/ })
      .waitFor()
    expect(await panel('plant').getByRole('link').count()).toBe(200)

    // One that nothing else reports of.
    const at = new Date().toISOString()
    await bulk(pages.elkhorn, [
      { create: { _index: `iot-data-${at.slice(0, 10).replaceAll('-', '.')}` } },
      {
        '@timestamp': at,
        device: { id: 'dev-999', type: 'equipment' },
        machine: { id: 'press-99', type: 'press', state: 'running' },
        line: { id: 'line-2' },
        temperature: 81.5,
        vibration: { rms: 9.25, kurtosis: 14 },
      },
    ])
    await panel('machines-over-limit').getByText('in alarm 1').waitFor()
    await panel('machines').scrollIntoViewIfNeeded()
    const first = panel('machines').getByRole('row').nth(1)
    await first.getByText('press-99').waitFor()
    expect(await first.innerText()).toMatch(/Alarm\s+press-99\s+line-2\s+9.25 mm\/s/)
  })

  test('a chart is read by keyboard, and as a table', async () => {
    const page = await pages.openSignedIn('/dashboards/smart-factory')
    const panel = page.locator('[data-panel="temperature-by-line"]')
    const chart = panel.getByRole('application')
    await chart.focus()
    await chart.press('ArrowLeft')
    await panel
      .getByRole('status')
      .filter({ hasText: /line-\d+ \d+\.\d °C/ })
      .waitFor()
    await chart.press('t')
    const cells = await panel.getByRole('table').getByRole('row').nth(1).innerText()
    expect(cells).toMatch(/\d+\.\d °C/)
  })

  test('one panel fills the page, and a machine leads to its documents', async () => {
    const page = await pages.openSignedIn('/dashboards/smart-factory?panel=machines')
    await page.getByRole('link', { name: 'compressor-01', exact: true }).click()
    await page.waitForURL(({ pathname }) => pathname === '/discover')
    expect(new URL(page.url()).searchParams.get('f')).toContain('compressor-01')
    await page.locator('[data-row="0"]').waitFor()
    expect(new URL(page.url()).searchParams.get('q')).toBe('device.type: equipment')
  })

  test('no page did what it must not', () => expect(pages.offences).toEqual([]))
})
