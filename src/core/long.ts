/** As near as a number comes to the largest whole one of 64 bits. */
export const MAX_LONG = 2 ** 63
