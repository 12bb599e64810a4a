import { describe, expect, test } from 'vitest'
import { parseTemplate } from './parse.ts'
import { renderTemplate } from './render.ts'

const render = (template: string, values: unknown): string => renderTemplate(parseTemplate(template), values, 'json')

describe('templates', () => {
  test.each([
    { name: 'text', template: 'abc', values: {}, want: 'abc' },
    { name: 'a value', template: '<{{a}}>', values: { a: 1 }, want: '<1>' },
    { name: 'spaces in the tag', template: '{{ a }}', values: { a: 'x' }, want: 'x' },
    { name: 'nothing there', template: '<{{a}}{{b.c}}>', values: { b: null }, want: '<>' },
    { name: 'paths', template: '{{a.b.c}}', values: { a: { b: { c: 'x' } } }, want: 'x' },
    { name: 'a key with dots', template: '{{a.b}}', values: { 'a.b': 'x' }, want: 'x' },
    { name: 'list items and size', template: '{{l.0}}{{l.1}} of {{l.size}}', values: { l: ['a', 'b'] }, want: 'ab of 2' },
    { name: 'JSON is escaped', template: '"{{a}}"', values: { a: 'say "hi"\n' }, want: String.raw`"say \"hi\"\n"` },
    { name: 'three braces escape nothing', template: '{{{a}}}{{&a}}', values: { a: '"' }, want: '""' },
    {
      name: 'lists and maps as Java prints them',
      template: '{{l}} {{m}}',
      values: { l: [1, 'a'], m: { k: 1 } },
      want: '[1, a] {k=1}',
    },
    { name: 'a section of a list', template: '{{#l}}<{{.}}>{{/l}}', values: { l: [1, 2] }, want: '<1><2>' },
    {
      name: 'a section of objects',
      template: '{{#l}}{{n}}{{x}},{{/l}}',
      values: { x: '!', l: [{ n: 1 }, { n: 2 }] },
      want: '1!,2!,',
    },
    { name: 'a section of an object', template: '{{#o}}{{a}}{{/o}}', values: { o: { a: 1 } }, want: '1' },
    { name: 'a condition', template: '{{#yes}}a{{/yes}}{{#no}}b{{/no}}', values: { yes: true, no: false }, want: 'a' },
    { name: 'an inverted section', template: '{{^a}}none{{/a}}{{^b}}no{{/b}}', values: { b: 1 }, want: 'none' },
    { name: 'an empty list', template: '{{#l}}x{{/l}}{{^l}}y{{/l}}', values: { l: [] }, want: 'y' },
    { name: 'comments', template: 'a{{! b }}c', values: {}, want: 'ac' },
    { name: 'other delimiters', template: '{{=<% %>=}}<%a%>{{a}}', values: { a: 1 }, want: '1{{a}}' },
    { name: 'lines of tags go', template: 'a\n{{#y}}\nb\n{{/y}}\nc', values: { y: true }, want: 'a\nb\nc' },
    { name: 'toJson', template: '{{#toJson}}a{{/toJson}}', values: { a: { b: [1, 'x', 2.5] } }, want: '{"b":[1,"x",2.5]}' },
    { name: 'join', template: '{{#join}}l{{/join}}', values: { l: ['a', 'b'] }, want: 'a,b' },
    {
      name: 'join with a delimiter',
      template: "{{#join delimiter='||'}}l{{/join delimiter='||'}}",
      values: { l: [1, 2] },
      want: '1||2',
    },
    { name: 'url', template: '{{#url}}{{a}}/b{{/url}}', values: { a: 'x y' }, want: 'x%20y%2Fb' },
    {
      name: 'nothing is inherited',
      template: '<{{constructor}}{{toString}}{{a.constructor}}{{__proto__}}>',
      values: { a: {} },
      want: '<>',
    },
  ])('$name', ({ template, values, want }) => {
    expect(render(template, values)).toBe(want)
  })

  test.each([
    { template: '{{a', want: 'Improperly closed variable in query-template:1' },
    { template: '\n{{{a}} {{{b}}}', want: 'Improperly closed variable in query-template:2' },
    { template: '{{#a}}x', want: "Failed to close 'a' tag" },
    { template: '{{#a}}x{{/b}}', want: 'Mismatched start/end tags: a != b' },
    { template: 'x{{/b}}', want: 'Mismatched start/end tags' },
    { template: '{{>partial}}', want: 'Partials are not supported' },
    { template: '{{#a}}'.repeat(200), want: 'nests deeper' },
  ])('$template is refused', ({ template, want }) => {
    expect(() => render(template, {})).toThrow(
      expect.objectContaining({ causedBy: expect.objectContaining({ reason: expect.stringContaining(want) }) }),
    )
  })

  test('a template that multiplies itself is stopped', () => {
    const template = `${'{{#l}}'.repeat(9)}x${'{{/l}}'.repeat(9)}`
    expect(() => render(template, { l: Array.from({ length: 20 }).fill(1) })).toThrow('makes more than')
  })
})
