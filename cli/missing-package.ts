/** Packages that only some need, and that are not installed with this one. */

/** Is a package missing, and not just a file? */
export const isMissingPackage = (error: unknown): error is Error =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'MODULE_NOT_FOUND' || error.code === 'ERR_MODULE_NOT_FOUND');

/** What to do about it: `prom-client, which writes metrics, is not installed. Type: npm install prom-client (with --global where proxy-wifi is installed so)`. */
export const missingPackageText = (name: string, purpose: string): string =>
  `${name}, which ${purpose}, is not installed. Type: npm install ${name} (with --global where proxy-wifi is installed so)`;
