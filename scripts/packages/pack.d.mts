export interface PackedPackage {
  name: string
  /** Absolute path. */
  tarball: string
  /** `false` for a package of programs only. */
  hasExports: boolean
}

/** Builds, and packs every public package of the workspace into `folder`. */
export function packAll(folder: string): Promise<PackedPackage[]>
