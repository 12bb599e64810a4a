import { expect, test } from 'vitest'
import { isForgery, noSessionCookie, readSessionCookie, sessionCookie } from './cookie.ts'

test('the session cookie is out of reach of scripts and other sites', () => {
  expect(sessionCookie('abc', { secure: true })).toBe('elkhorn_session=abc; Path=/; HttpOnly; SameSite=Strict; Secure')
  expect(noSessionCookie({ secure: false })).toBe('elkhorn_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0')
})

test.each([
  { header: undefined, want: undefined },
  { header: 'a=b; elkhorn_session=xyz; c=d', want: 'xyz' },
  { header: 'elkhorn_session=a=b', want: 'a=b' },
  { header: 'not_elkhorn_session=a', want: undefined },
])('$header holds $want', ({ header, want }) => expect(readSessionCookie(header)).toBe(want))

const post = { method: 'POST', host: 'plant:5601', origin: undefined, fetchSite: undefined, xsrf: undefined }

test.each([
  { name: 'reading is free', request: { ...post, method: 'GET', fetchSite: 'cross-site' }, want: false },
  { name: 'the page itself', request: { ...post, fetchSite: 'same-origin' }, want: false },
  { name: 'another site', request: { ...post, fetchSite: 'cross-site', xsrf: 'true' }, want: true },
  { name: 'another port of the host', request: { ...post, fetchSite: 'same-site' }, want: true },
  { name: 'an old browser, the page itself', request: { ...post, origin: 'http://plant:5601' }, want: false },
  { name: 'an old browser, another port', request: { ...post, origin: 'http://plant:8000' }, want: true },
  { name: 'an origin that is none', request: { ...post, origin: 'null' }, want: true },
  { name: 'a program with the header', request: { ...post, xsrf: 'true' }, want: false },
  { name: 'nothing to go by', request: post, want: true },
])('$name: forged $want', ({ request, want }) => expect(isForgery(request)).toBe(want))
