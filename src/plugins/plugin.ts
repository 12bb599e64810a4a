import type { z } from 'zod'
import type { Event } from '../core/event.ts'
import type { PluginContext } from './context.ts'

export type PluginKind = 'input' | 'codec' | 'filter' | 'output'

/** What all plug-ins have: a name, what they do, and the schema of their options. */
interface PluginBase<Kind extends PluginKind> {
  readonly kind: Kind
  /** As pipeline files write it. */
  readonly name: string
  readonly summary: string
  /** An object schema; see `options.ts` for the kinds of option. Common options are not part of it. */
  readonly config: z.ZodObject
}

// --- filters ---

/**
 * What became of an event. `matched`: the filter did its work, and common options such as `add_tag` apply.
 * `cancelled`: the event is dropped.
 */
export type FilterResult = 'matched' | 'unmatched' | 'cancelled'

/** Takes the events that a filter makes besides those it was given. */
export interface Emitter {
  add(event: Event): void
  /** As `add`, and the filter's common options apply to it. */
  addMatched(event: Event): void
}

interface FilterLife {
  /** Reads files and compiles what they hold, before the first event. Rejects when it cannot work. */
  open?(): Promise<void>
  /** Called about every second. Answers or emits events that waited within the filter (a map that timed out). */
  tick?(emitter: Emitter): readonly Event[]
  /** The pipeline stops: answers or emits what waits. */
  drain?(emitter: Emitter): readonly Event[]
  close?(): Promise<void>
}

/** Changes events one by one, or a batch at once where that is cheaper or has to wait for something. */
export type Filter = FilterLife &
  (
    | { process(event: Event, emitter: Emitter): FilterResult }
    | { processBatch(events: readonly Event[], emitter: Emitter): readonly FilterResult[] | Promise<readonly FilterResult[]> }
  )

/** An example of the reference page, which is run as a test. Fields are compared without `@timestamp`. */
export interface FilterExample {
  readonly title: string
  readonly config: Readonly<Record<string, unknown>>
  readonly in: Readonly<Record<string, unknown>>
  /** The event afterwards; a list where it became several; `dropped` where it went. */
  readonly out: Readonly<Record<string, unknown>> | readonly Readonly<Record<string, unknown>>[] | 'dropped'
}

export interface FilterPlugin extends PluginBase<'filter'> {
  readonly examples: readonly FilterExample[]
  /** @param config what the schema made of the options */
  create(config: unknown, context: PluginContext): Filter
}

export function defineFilter<Schema extends z.ZodObject>(plugin: {
  readonly name: string
  readonly summary: string
  readonly config: Schema
  readonly examples: readonly FilterExample[]
  readonly create: (config: z.output<Schema>, context: PluginContext) => Filter
}): FilterPlugin {
  return { ...plugin, kind: 'filter', create: (config, context) => plugin.create(config as z.output<Schema>, context) }
}

// --- codecs ---

/** Turns the bytes of one source (a connection, a file, a topic) into events. Keeps what is not complete yet. */
export interface Decoder {
  /** `bytes` may be reused by the caller afterwards. */
  decode(bytes: Uint8Array): Event[]
  /** The source ended: answers what was not complete. */
  end(): Event[]
  /** Bytes of an event whose end has not come; none when absent. */
  readonly waitingBytes?: number
  /** For sources that can tell: when nothing comes for so long, the lines that wait are an event. */
  readonly idle?: IdleFlush
}

export interface IdleFlush {
  readonly afterMs: number
  flush(): Event[]
}

export interface Codec {
  /** Reads files, before the first decoder is asked for. Rejects when it cannot work. */
  open?(): Promise<void>
  /** @param source who sends, where that is known and a codec remembers something of it: an address */
  decoder(source?: string): Decoder
  encode(event: Event): Uint8Array | string
  /** For a source without frames of its own (TCP, a file): the codec that finds the ends of events; itself when absent. */
  readonly forStreams?: Codec
  /** For a source that cuts lines itself (a file): the codec of lines without their ends; itself when absent. */
  readonly forLines?: Codec
}

export interface CodecExample {
  readonly title: string
  readonly config: Readonly<Record<string, unknown>>
  /** Text, or bytes as hexadecimal digits. */
  readonly in: string | { readonly hex: string }
  readonly out: readonly Readonly<Record<string, unknown>>[]
}

export interface CodecPlugin extends PluginBase<'codec'> {
  readonly examples: readonly CodecExample[]
  create(config: unknown, context: PluginContext): Codec
}

export function defineCodec<Schema extends z.ZodObject>(plugin: {
  readonly name: string
  readonly summary: string
  readonly config: Schema
  readonly examples: readonly CodecExample[]
  readonly create: (config: z.output<Schema>, context: PluginContext) => Codec
}): CodecPlugin {
  return { ...plugin, kind: 'codec', create: (config, context) => plugin.create(config as z.output<Schema>, context) }
}

// --- inputs ---

/** Called once, when all events of a push are stored, dropped or kept as dead letters; `error` when some are not. */
export type Settled = (error: Error | undefined) => void

/** Where an input hands over its events. */
export interface EventSink {
  /**
   * Takes events into the queue, always. Answers whether more are welcome: after `false`, wait for `ready` before the
   * next ones, so that the source slows down.
   */
  push(events: readonly Event[], settled?: Settled): boolean
  /**
   * Resolves when the queue has room, or when the signal aborts. An input that holds what comes as bytes, a tenth of what
   * events take, says how many events may still wait when it makes more of them.
   */
  ready(signal: AbortSignal, maxWaiting?: number): Promise<void>
}

export interface Input {
  /** Resolves when it listens or tries to connect. Rejects with one line when it never can. */
  start(sink: EventSink): Promise<void>
  /** Takes nothing more from its source. What was pushed may still be on its way: connections that wait for it stay. */
  stop(): Promise<void>
  /** Everything is settled: closes what is left. */
  close?(): Promise<void>
  /** Port that it listens on, once started: tools wait for it. */
  readonly port?: number | undefined
}

/** An example of the reference page; a test checks that its configuration is accepted. */
export interface ConfigExample {
  readonly title: string
  readonly config: Readonly<Record<string, unknown>>
}

export interface InputContext extends PluginContext {
  readonly codec: Codec
}

export interface InputPlugin extends PluginBase<'input'> {
  readonly examples: readonly ConfigExample[]
  readonly defaultCodec: string
  create(config: unknown, context: InputContext): Input
}

export function defineInput<Schema extends z.ZodObject>(plugin: {
  readonly name: string
  readonly summary: string
  readonly config: Schema
  readonly examples: readonly ConfigExample[]
  readonly defaultCodec: string
  readonly create: (config: z.output<Schema>, context: InputContext) => Input
}): InputPlugin {
  return { ...plugin, kind: 'input', create: (config, context) => plugin.create(config as z.output<Schema>, context) }
}

// --- outputs ---

export interface OutputContext extends PluginContext {
  readonly codec: Codec
  /** Keeps an event that the destination refuses for good. Resolves when it is durable. */
  deadLetter(event: Event, reason: { readonly type: string; readonly reason: string; readonly status?: number }): Promise<void>
  /** Aborts when the pipeline stops and no longer waits: retries end. */
  readonly signal: AbortSignal
}

export interface Output {
  /** Resolves when all events are where they belong, as durable as it gets there. Retries itself; rejects when stopped. */
  write(events: readonly Event[]): Promise<void>
  start?(): Promise<void>
  close?(): Promise<void>
}

export interface OutputPlugin extends PluginBase<'output'> {
  readonly examples: readonly ConfigExample[]
  readonly defaultCodec: string
  create(config: unknown, context: OutputContext): Output
}

export function defineOutput<Schema extends z.ZodObject>(plugin: {
  readonly name: string
  readonly summary: string
  readonly config: Schema
  readonly examples: readonly ConfigExample[]
  readonly defaultCodec: string
  readonly create: (config: z.output<Schema>, context: OutputContext) => Output
}): OutputPlugin {
  return { ...plugin, kind: 'output', create: (config, context) => plugin.create(config as z.output<Schema>, context) }
}

export type Plugin = FilterPlugin | CodecPlugin | InputPlugin | OutputPlugin
