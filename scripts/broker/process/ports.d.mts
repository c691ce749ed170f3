/** A port of 127.0.0.1 that nobody listens on, below those that the system gives to outgoing connections. */
export function freePort(): Promise<number>
