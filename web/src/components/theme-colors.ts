import { useEffect, useState } from 'react'
import { usePreferences } from '../app/preferences.ts'

/** What a custom property's colour is right now, in a form that a canvas takes. */
export function resolveColor(property: `--${string}`): string {
  const probe = document.createElement('span')
  probe.style.color = `var(${property})`
  document.body.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

/** Changes whenever colours do: charts on a canvas are drawn again then. */
export function useThemeVersion(): string {
  const { theme, contrast } = usePreferences()
  const [system, setSystem] = useState(systemLook)
  useEffect(() => {
    const queries = [window.matchMedia('(prefers-color-scheme: dark)'), window.matchMedia('(prefers-contrast: more)')]
    const update = (): void => setSystem(systemLook())
    for (const query of queries) query.addEventListener('change', update)
    return () => {
      for (const query of queries) query.removeEventListener('change', update)
    }
  }, [])
  return `${theme} ${contrast} ${system}`
}

function systemLook(): string {
  return `${window.matchMedia('(prefers-color-scheme: dark)').matches} ${window.matchMedia('(prefers-contrast: more)').matches}`
}
