import { join, normalize, sep } from 'node:path';

/** The one origin that the window shows: the built renderer, served from its folder and nowhere else. */
export const appScheme = 'assay';
export const appOrigin = `${appScheme}://app`;

/** Maps a URL of the application to a file inside `root`; undefined when it points anywhere else. */
export function resolveAppFile(url: string, root: string): string | undefined {
  let path: string;
  try {
    const parsed = new URL(url);
    if (parsed.protocol !== `${appScheme}:` || parsed.host !== 'app') return undefined;
    path = decodeURIComponent(parsed.pathname);
  } catch {
    return undefined;
  }
  const file = normalize(join(root, path === '/' ? 'index.html' : path));
  return file.startsWith(normalize(root) + sep) ? file : undefined;
}
