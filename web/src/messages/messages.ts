import { english } from './en.ts'
import type { Messages } from './en.ts'

/** The catalogue in use. One language so far; another is chosen here, before the first page is drawn. */
export const messages: Messages = english
