/** The embedded MQTT broker. */
export const DEFAULT_BROKER = 'embedded:'

export const DEFAULT_PORT = 1883
