import { CircleAlert, CircleCheck } from 'lucide-react'
import styles from './Toasts.module.css'
import { useToasts } from './toasts.ts'

export function Toasts() {
  const toasts = useToasts((state) => state.toasts)
  return (
    <div role="status" className={styles['toasts']}>
      {toasts.map(({ id, text, kind }) => (
        <p key={id} className={styles['toast']} data-kind={kind}>
          {kind === 'done' ? <CircleCheck size={16} /> : <CircleAlert size={16} />}
          {text}
        </p>
      ))}
    </div>
  )
}
