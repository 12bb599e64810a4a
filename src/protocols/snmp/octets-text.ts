/** Octets that are text as it is; others as hexadecimal digits with colons, as SNMP programs write them. */
export function octetsText(content: Buffer): string {
  const text = content.toString()
  // oxlint-disable-next-line no-control-regex
  if (!/[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]/.test(text)) return text
  return [...content].map((byte) => byte.toString(16).padStart(2, '0')).join(':')
}
