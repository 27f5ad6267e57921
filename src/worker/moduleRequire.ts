import { createRequire } from 'node:module';

/**
 * `require` as seen from this file, bundled (CommonJS) or not: for packages that are looked for at run time because
 * they may be missing, or whose files are needed by path.
 */
export function moduleRequire(): NodeJS.Require {
  return createRequire(typeof __filename === 'string' ? __filename : import.meta.url);
}
