import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, signIn, startPages, type Pages } from '../support/pages.ts'
import { PASSWORD } from '../support/start-elkhorn.ts'

const isAsked = ({ pathname, search }: URL): boolean => pathname === '/sign-in' && search.startsWith('?next=')

describe.skipIf(chromiumPath === undefined)('signing in', () => {
  let pages: Pages
  beforeAll(async () => {
    pages = await startPages()
  })
  afterAll(() => pages.stop())

  test('a wrong password is told, the right one leads to where one wanted to go', async () => {
    const page = await pages.open('/discover?from=now-4h&to=now')
    await page.waitForURL(isAsked)
    await signIn(page, 'wrong')
    await page.getByText('The user name or the password is not right.').waitFor()
    await page.locator('input[name=password]:focus').waitFor()
    await signIn(page, PASSWORD)
    await page.waitForURL(({ pathname, search }) => pathname === '/discover' && search === '?from=now-4h&to=now')
    const log = await readFile(join(pages.elkhorn.dataFolder, 'logs', 'elkhorn.log'), 'utf8')
    const failed = log.split('\n').filter((line) => line.includes('authentication failed'))
    expect(failed, 'the wrong password, but not that the page was opened').toHaveLength(1)
    expect(await page.getByRole('button', { name: /Time range/ }).innerText()).toBe('Last 4 hours')
  })

  test('who signs out is asked again, also where another tab did it', async () => {
    const page = await pages.openSignedIn('/discover')
    const other = await page.context().newPage()
    await other.goto(`${pages.url}/dashboards`)
    await other.getByRole('link', { name: /Smart factory/ }).waitFor()

    await page.getByRole('button', { name: 'Account: elastic' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.waitForURL(({ pathname }) => pathname === '/sign-in')
    await page.goto(`${pages.url}/discover`)
    await page.waitForURL(isAsked)

    await other.getByRole('link', { name: /Smart factory/ }).click()
    await other.waitForURL(isAsked)
    expect(other.url()).toContain('/dashboards/smart-factory')
  })

  test('nobody is led to another host after it', async () => {
    const page = await pages.open('/sign-in?next=//example.com/')
    await signIn(page, PASSWORD)
    await page.waitForURL(({ pathname }) => pathname.startsWith('/dashboards') || pathname.startsWith('/discover'))
    expect(page.url().startsWith(pages.url)).toBe(true)
  })

  test('no page did what it must not', () => expect(pages.offences).toEqual([]))
})
