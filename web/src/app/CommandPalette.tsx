import { Dialog } from '../components/Dialog.tsx'
import { inChunk } from '../components/in-chunk.tsx'
import { messages } from '../messages/messages.ts'
import styles from './CommandPalette.module.css'

const PaletteContent = inChunk(async () => (await import('./PaletteContent.tsx')).PaletteContent)

export function CommandPalette({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title={messages.palette.title} bare className={styles['palette']}>
      <PaletteContent onDone={onClose} />
    </Dialog>
  )
}
