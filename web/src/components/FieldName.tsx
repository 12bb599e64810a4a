import styles from './FieldName.module.css'

/** A field's path, its last part strongest: that is what tells fields apart. */
export function FieldName({ name }: { name: string }) {
  const dot = name.lastIndexOf('.')
  return (
    <span className={styles['name']} title={name}>
      {dot === -1 ? null : <span className={styles['parent']}>{name.slice(0, dot + 1)}</span>}
      {name.slice(dot + 1)}
    </span>
  )
}
