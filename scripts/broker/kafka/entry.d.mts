export const kafka: {
  /** Whether a Kafka replies there, also one that wants credentials first. */
  answers(url: string): Promise<boolean>
}
