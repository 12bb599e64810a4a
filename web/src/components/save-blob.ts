/** Gives a file to the reader. */
export function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name.replaceAll(/[\\/:*?"<>|]/g, '_')
  link.click()
  // The browser has taken hold of the blob once the click is through.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
