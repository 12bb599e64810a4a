import { lazy, Suspense } from 'react'
import { Dialog } from '../components/Dialog.tsx'
import { messages } from '../messages/messages.ts'
import styles from './CommandPalette.module.css'

const PaletteContent = lazy(() => import('./PaletteContent.tsx').then((module) => ({ default: module.PaletteContent })))

export function CommandPalette({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title={messages.palette.title} bare className={styles['palette']}>
      <Suspense fallback={<div className={styles['loading']} />}>
        <PaletteContent onDone={onClose} />
      </Suspense>
    </Dialog>
  )
}
