import { expect, test } from 'vitest'
import { parseJdbcAddress } from './address.ts'

const plain = { database: undefined, user: undefined, password: undefined, tls: 'no' }

test.each([
  {
    written: 'jdbc:postgresql://db.example.org/shop',
    want: { ...plain, kind: 'postgresql', host: 'db.example.org', port: 5432, database: 'shop' },
  },
  {
    written: 'jdbc:postgresql://[::1]:5433/shop?user=a&password=b%26c&sslmode=verify-full',
    want: { kind: 'postgresql', host: '::1', port: 5433, database: 'shop', user: 'a', password: 'b&c', tls: 'checked' },
  },
  {
    written: 'jdbc:mysql://10.0.1.36:3306/test?useSSL=false&serverTimezone=Asia/Shanghai',
    want: { ...plain, kind: 'mysql', host: '10.0.1.36', port: 3306, database: 'test' },
  },
  { written: 'jdbc:mariadb://:3307', want: { ...plain, kind: 'mysql', host: 'localhost', port: 3307 } },
  {
    written: 'jdbc:mysql://a:3306,b:3306/test?useSSL=true',
    want: { ...plain, kind: 'mysql', host: 'a', port: 3306, database: 'test', tls: 'unchecked' },
  },
  {
    written: 'jdbc:sqlserver://db\\SQLEXPRESS:1433;databaseName=d;user=sa;encrypt=true;trustServerCertificate=true;',
    want: { kind: 'sqlserver', host: 'db', port: 1433, database: 'd', user: 'sa', password: undefined, tls: 'unchecked' },
  },
])('$written', ({ written, want }) => {
  expect(parseJdbcAddress(written)).toEqual(want)
})

test.each([
  { written: 'jdbc:oracle:thin:@host:1521:xe', want: 'there is no driver for [jdbc:oracle:]' },
  { written: 'jdbc:postgresql:shop', want: '//host:port/database is missing' },
  { written: 'postgres://host/shop', want: 'is no connection string' },
])('refused: $written', ({ written, want }) => {
  expect(() => parseJdbcAddress(written)).toThrow(want)
})
