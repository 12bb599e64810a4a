import { expect, test } from 'vitest'
import { bind, namedStatement, positionalStatement, statementText } from './statement.ts'

test.each([
  { sql: 'SELECT * FROM t WHERE id > :id AND x = :id;', text: 'SELECT * FROM t WHERE id > $1 AND x = $2', names: ['id', 'id'] },
  {
    sql: 'SELECT \':id\', ":id", `:id` -- :id\n, /* :id */ :id',
    text: 'SELECT \':id\', ":id", `:id` -- :id\n, /* :id */ $1',
    names: ['id'],
  },
  {
    sql: "SELECT 'it''s :id', :id::text, '12:30:00', :other",
    text: "SELECT 'it''s :id', $1::text, '12:30:00', :other",
    names: ['id'],
  },
])('$sql', ({ sql, text, names }) => {
  const template = namedStatement(sql, new Set(['id']))
  expect(template.names).toEqual(names)
  expect(
    statementText(
      bind(template, () => 1),
      (place) => `$${place}`,
    ),
  ).toBe(text)
})

test('question marks are places, but within texts', () => {
  const template = positionalStatement("SELECT '?' FROM t WHERE a = ? AND b = ?")
  expect(bind(template, (place) => `v${place}`)).toEqual({
    pieces: ["SELECT '?' FROM t WHERE a = ", ' AND b = ', ''],
    values: ['v0', 'v1'],
  })
})
