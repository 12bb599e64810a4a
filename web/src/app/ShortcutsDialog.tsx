import { Dialog } from '../components/Dialog.tsx'
import { inChunk } from '../components/in-chunk.tsx'
import { messages } from '../messages/messages.ts'

const ShortcutsContent = inChunk(async () => (await import('./ShortcutsContent.tsx')).ShortcutsContent)

export function ShortcutsDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title={messages.shortcuts.title}>
      <ShortcutsContent />
    </Dialog>
  )
}
