/** The longest time in ms that a timer takes; beyond it Node fires at once. */
export const LONGEST_TIMER: number = 2 ** 31 - 1
