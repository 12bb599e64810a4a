import styles from './StateMark.module.css'

/** How something is, worst last. */
export type State = 'ok' | 'info' | 'unknown' | 'offline' | 'warning' | 'critical'

/** A state's shape, so that its colour never stands alone: dot, bar, ring, open ring, triangle, diamond. */
export function StateShape({ state, size = 10 }: { state: State; size?: number }) {
  return (
    <svg viewBox="0 0 10 10" width={size} height={size} aria-hidden className={styles['shape']} data-state={state}>
      {SHAPES[state]}
    </svg>
  )
}

const SHAPES: Readonly<Record<State, React.ReactNode>> = {
  ok: <circle cx="5" cy="5" r="3.6" fill="currentColor" />,
  info: <rect x="1.6" y="1.6" width="6.800" height="6.800" rx="1.5" fill="currentColor" />,
  unknown: <circle cx="5" cy="5" r="3.2" fill="none" stroke="currentColor" strokeWidth="1.4" strokeDasharray="2 1.6" />,
  offline: <circle cx="5" cy="5" r="3.2" fill="none" stroke="currentColor" strokeWidth="1.6" />,
  warning: <path d="M5 0.900 L9.600 9 L0.400 9 Z" fill="currentColor" />,
  critical: <path d="M5 0 L10 5 L5 10 L0 5 Z" fill="currentColor" />,
}

export function StateMark({ state, children }: { state: State; children: React.ReactNode }) {
  return (
    <span className={styles['mark']} data-state={state}>
      <StateShape state={state} />
      {children}
    </span>
  )
}
