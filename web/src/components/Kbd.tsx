import styles from './Kbd.module.css'

/** Keys as they are pressed: `g d` one after the other, `mod+k` together. */
export function Kbd({ keys }: { keys: string }) {
  return (
    <span className={styles['keys']}>
      {keys.split(' ').map((key) => (
        <kbd key={key} className={styles['key']}>
          {shown(key)}
        </kbd>
      ))}
    </span>
  )
}

function shown(key: string): string {
  const apple = navigator.platform.startsWith('Mac')
  return key.replace('mod+', apple ? '⌘' : 'Ctrl ').replace('shift+', '⇧')
}
