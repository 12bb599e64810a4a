import { create } from 'zustand'
import { persist } from 'zustand/middleware'
import { browserZone } from '../time/browser-zone.ts'

export type Theme = 'system' | 'light' | 'dark'
export type Contrast = 'system' | 'more'
export type Density = 'comfortable' | 'compact'

/** What a person chose on this browser. `public/appearance.js` reads the first three before the first paint. */
export interface Preferences {
  readonly theme: Theme
  readonly contrast: Contrast
  readonly density: Density
  /** `browser`, or an IANA zone. */
  readonly zone: string
  readonly railCollapsed: boolean
  readonly facetsHidden: boolean
}

const defaults: Preferences = {
  theme: 'system',
  contrast: 'system',
  density: 'comfortable',
  zone: 'browser',
  railCollapsed: false,
  facetsHidden: false,
}

export const usePreferences = create<Preferences>()(persist(() => defaults, { name: 'elkhorn.preferences', version: 1 }))

export function prefer(change: Partial<Preferences>): void {
  usePreferences.setState(change)
}

function apply({ theme, contrast, density }: Preferences): void {
  const { dataset } = document.documentElement
  if (theme === 'system') delete dataset['theme']
  else dataset['theme'] = theme
  if (contrast === 'more') dataset['contrast'] = 'more'
  else delete dataset['contrast']
  dataset['density'] = density
}

/** Keeps the page's look in step with the preferences. */
export function followPreferences(): void {
  apply(usePreferences.getState())
  usePreferences.subscribe(apply)
}

/** The IANA zone that times are shown and typed in. */
export function useZone(): string {
  const zone = usePreferences((preferences) => preferences.zone)
  return zone === 'browser' ? browserZone() : zone
}
