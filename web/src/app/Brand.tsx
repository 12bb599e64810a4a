/** The antlers. */
export function Brand({ size = 22 }: { size?: number }) {
  return (
    <svg
      viewBox="0 0 32 32"
      width={size}
      height={size}
      aria-hidden
      fill="none"
      stroke="currentColor"
      strokeWidth="2.6"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d="M15 28c0-6-1.500-8.500-5-10.500C6 15.200 4 12 4 6" />
      <path d="M5.800 13.600C3.600 13 2.400 11.600 2 9.500" />
      <path d="M10.400 17.800C10.800 14 10.600 10.500 9.400 5" />
      <path d="M17 28c0-6 1.500-8.500 5-10.500 4-2.300 6-5.500 6-11.500" />
      <path d="M26.200 13.600c2.200-.6 3.400-2 3.800-4.100" />
      <path d="M21.600 17.800c-.4-3.800-.2-7.300 1-12.800" />
    </svg>
  )
}
