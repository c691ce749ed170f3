export function writeTls(
  folder: string,
  tls: { cert: string; key: string; ca?: string },
): { cert: string; key: string; ca: string | undefined }
