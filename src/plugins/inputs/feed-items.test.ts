import { expect, test } from 'vitest'
import { readFeed } from './feed-items.ts'

test.each([
  {
    name: 'RSS',
    xml: `<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><item><title>A &amp; B</title><link>https://n.example/1</link>
      <guid isPermaLink="false">1</guid><pubDate>Wed, 01 May 2024 10:00:00 GMT</pubDate><description><![CDATA[<b>x</b>]]></description></item>
      <item><title>C</title></item></channel></rss>`,
    want: [
      {
        feed: 'News',
        key: '1',
        title: 'A & B',
        text: '<b>x</b>',
        link: 'https://n.example/1',
        published: 'Wed, 01 May 2024 10:00:00 GMT',
      },
      { feed: 'News', key: 'C', title: 'C', text: '' },
    ],
  },
  {
    name: 'Atom',
    xml: `<feed xmlns="http://www.w3.org/2005/Atom"><title type="text">Plant</title><entry><id>urn:1</id><title>T</title>
      <link rel="self" href="https://n.example/self"/><link href="https://n.example/1"/><author><name>Ann</name></author>
      <updated>2024-05-01T10:00:00Z</updated><summary>S</summary></entry></feed>`,
    want: [
      {
        feed: 'Plant',
        key: 'urn:1',
        title: 'T',
        text: 'S',
        link: 'https://n.example/1',
        author: 'Ann',
        updated: '2024-05-01T10:00:00Z',
      },
    ],
  },
  {
    name: 'RDF',
    xml: `<rdf:RDF><channel><title>Old</title></channel><item><title>T</title><link>https://n.example/2</link><dc:date>2024-05-01</dc:date></item></rdf:RDF>`,
    want: [
      { feed: 'Old', key: 'https://n.example/2', title: 'T', text: '', link: 'https://n.example/2', published: '2024-05-01' },
    ],
  },
])('$name', ({ xml, want }) => {
  expect(readFeed(xml)).toEqual(want)
})

test('a page is no feed', () => {
  expect(() => readFeed('<html><body>x</body></html>')).toThrow('it is no feed')
})
