import type { FilterPlugin } from '../plugin.ts'
import { date } from './date.ts'
import { drop } from './drop.ts'
import { grok } from './grok/grok.ts'
import { mutate } from './mutate.ts'
import { ruby } from './ruby.ts'

/** Every filter plug-in. */
export const filters: readonly FilterPlugin[] = [date, drop, grok, mutate, ruby]
