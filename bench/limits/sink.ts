import { createServer } from 'node:http'

/*
 * Limit programs P1 and P2 of bulk ingest: what HTTP, splitting into lines and (with --parse) JSON.parse and columns cost
 * by themselves in this runtime on this machine. Nothing is stored. Prints its port and serves until it is killed.
 */

const parse = process.argv.includes('--parse')
const NEWLINE = 10

interface Columns {
  readonly at: Float64Array
  readonly temperature: Float64Array
  readonly humidity: Float64Array
  readonly pressure: Float64Array
  readonly battery: Float64Array
  readonly lat: Float64Array
  readonly lon: Float64Array
  readonly strings: string[][]
}

interface IotDocument {
  readonly '@timestamp': string
  readonly device: { readonly id: string; readonly type: string; readonly firmware: string }
  readonly location: { readonly lat: number; readonly lon: number }
  readonly temperature: number | null
  readonly humidity: number
  readonly pressure: number
  readonly battery: number
  readonly message: string
}

const emptyColumns = (rows: number): Columns => ({
  at: new Float64Array(rows),
  temperature: new Float64Array(rows),
  humidity: new Float64Array(rows),
  pressure: new Float64Array(rows),
  battery: new Float64Array(rows),
  lat: new Float64Array(rows),
  lon: new Float64Array(rows),
  strings: [[], [], [], []],
})

function readLines(body: Buffer): Buffer[] {
  const lines: Buffer[] = []
  for (let from = 0; from < body.length;) {
    const end = body.indexOf(NEWLINE, from)
    lines.push(body.subarray(from, end < 0 ? body.length : end))
    from = end < 0 ? body.length : end + 1
  }
  return lines
}

function fillColumns(lines: readonly Buffer[]): Columns {
  const columns = emptyColumns(lines.length / 2)
  for (let line = 1; line < lines.length; line += 2) {
    const row = line >> 1
    const document = JSON.parse(lines[line]?.toString() ?? 'null') as IotDocument
    columns.at[row] = Date.parse(document['@timestamp'])
    columns.temperature[row] = document.temperature ?? Number.NaN
    columns.humidity[row] = document.humidity
    columns.pressure[row] = document.pressure
    columns.battery[row] = document.battery
    columns.lat[row] = document.location.lat
    columns.lon[row] = document.location.lon
    columns.strings[0]?.push(document.device.id)
    columns.strings[1]?.push(document.device.type)
    columns.strings[2]?.push(document.device.firmware)
    columns.strings[3]?.push(document.message)
  }
  return columns
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const lines = readLines(Buffer.concat(chunks))
    const rows = parse ? fillColumns(lines).at.length : lines.length / 2
    response.setHeader('content-type', 'application/json')
    response.end(`{"errors":false,"rows":${rows}}`)
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`)
})
