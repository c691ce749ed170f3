/**
 * Resolves with the path of a Python that has `scripts/requirements.txt` (commlib-py with MQTT). The first call on a
 * machine makes the virtual environment, which takes some seconds and needs the Python package index.
 */
export function ensurePython(): Promise<string>
