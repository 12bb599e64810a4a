/**
 * The program of the engine's process. It opens the engine, one connection per lane, and runs what it is asked. It ends
 * as soon as its socket does, so that it never outlives the main process, whichever way that one ends.
 */
import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net'
import { frame, FrameReader } from './frames.ts'
import { FailedWrites } from './failed-writes.ts'
import { type Answer, type ChildOptions, type Request, SOCKET_FD } from './messages.ts'
import { Lane, NativeError } from './native.ts'

const options = JSON.parse(process.argv[2] ?? '') as ChildOptions

// The main process says when to stop; a Ctrl-C in the terminal goes to both.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => undefined)

const readBuffer = Buffer.allocUnsafeSlow(1024 * 1024)
const reader = new FrameReader((head, payload) => void answer(head as Request, payload))
// One buffer for all reads: the usual way allocates 64 KB for each. Documented for `connect`, read by the constructor.
const onread: OnReadOpts = {
  buffer: readBuffer,
  callback: (length) => {
    reader.push(readBuffer.subarray(0, length))
    return true
  },
}
const socketOptions: SocketConstructorOpts & { onread: OnReadOpts } = { fd: SOCKET_FD, onread }
const socket = new Socket(socketOptions)
socket.on('close', end).on('error', end)

/** Merges fail to write, too. What they merged is kept for ten times as long (`tables/ddl.ts`). */
const FAILED_WRITES_CHECK_MS = 2_000

let lanes: Lane[] = []
let failedWrites: FailedWrites | undefined
try {
  lanes = Array.from({ length: options.lanes }, () => new Lane(options.path, options.arguments))
  const own = new Lane(options.path, options.arguments)
  setInterval(() => void endIfWritesFailed(), FAILED_WRITES_CHECK_MS).unref()
  await Promise.all([...lanes, own].map(prepare))
  failedWrites = new FailedWrites(own)
  send({ kind: 'ready' })
} catch (error) {
  send({ kind: 'refused', message: error instanceof Error ? error.message : String(error) }, undefined, end)
}

async function prepare(lane: Lane): Promise<void> {
  for (const statement of options.settings) await lane.run(statement, 'Null')
}

async function answer(request: Request, payload: Buffer): Promise<void> {
  try {
    const lane = lanes[request.lane]
    if (lane === undefined) throw new NativeError(`no lane ${request.lane}`)
    if (request.kind === 'run') {
      const bytes = await lane.run(request.statement, request.format)
      if (request.writes) await endIfWritesFailed()
      send({ kind: 'done', id: request.id }, bytes)
    } else {
      await lane.insert(request.statement, request.source, request.columns, payload)
      await endIfWritesFailed()
      send({ kind: 'done', id: request.id })
    }
  } catch (error) {
    const code = error instanceof NativeError ? error.code : 0
    send({ kind: 'failed', id: request.id, code, message: error instanceof Error ? error.message : String(error) })
  }
}

function send(head: Answer, payload: Uint8Array = new Uint8Array(0), written?: () => void): void {
  if (socket.destroyed) return
  socket.cork()
  for (const part of frame(head, [payload])) socket.write(part)
  socket.uncork()
  if (written) socket.write('', written)
}

/**
 * The engine goes on with files that are short as if they were whole. When it opens it finds them, and takes what they
 * were merged from instead; whoever asked for what was not written in full asks again.
 */
async function endIfWritesFailed(): Promise<void> {
  if ((await failedWrites?.any()) !== true) return
  process.stderr.write('the system refused to write, and files may be short\n')
  end()
}

/** At once and without tidying: everything worth keeping is on disk, and closing waits for statements that may be long. */
function end(): void {
  process.kill(process.pid, 'SIGKILL')
}
