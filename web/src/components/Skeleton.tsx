import styles from './Skeleton.module.css'

/** The place of what is not there yet. */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  return (
    <div aria-hidden data-loading className={styles['skeleton']}>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} className={styles['line']} data-line={line % 4} />
      ))}
    </div>
  )
}
