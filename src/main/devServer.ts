/**
 * The development server of `npm run dev`, which alone may serve the page instead of the built files; undefined
 * otherwise. Only this machine's own is taken: an environment variable must not be able to put a page from elsewhere
 * into the window.
 */
export const loopbackServer: string | undefined = readServer(process.env['ELECTRON_RENDERER_URL']);

export function readServer(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    const { protocol, hostname, origin } = new URL(text);
    return protocol === 'http:' && hostname === 'localhost' ? origin : undefined;
  } catch {
    return undefined;
  }
}
