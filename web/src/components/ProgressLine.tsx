import { messages } from '../messages/messages.ts'
import styles from './ProgressLine.module.css'

/** A thin moving line at the top of what is being loaded: what was there before stays readable below it. */
export function ProgressLine({ active }: { active: boolean }) {
  return active ? <div role="progressbar" aria-label={messages.loading} className={styles['line']} /> : null
}
