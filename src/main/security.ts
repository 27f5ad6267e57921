import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { app, protocol, session } from 'electron';
import { appOrigin, appScheme, resolveAppFile } from './appFiles';
import { loopbackServer } from './devServer';

/**
 * No script but our own files, no eval, no connection anywhere. Inline style attributes are allowed: charts and virtual
 * rows place their parts with them; they carry no data of a dataset.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "worker-src 'none'",
  "frame-src 'none'",
].join('; ');

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.map': 'application/json',
};

/** Must be called before the application is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: appScheme, privileges: { standard: true, secure: true } }]);
}

/** Serves the built renderer. Electron 25 and newer have `protocol.handle`; older ones a buffer protocol. */
export function registerAppProtocol(root: string): void {
  const headersOf = (file: string): Record<string, string> => ({
    'content-type': contentTypes[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': contentSecurityPolicy,
    'x-content-type-options': 'nosniff',
  });
  if (typeof protocol.handle === 'function') {
    protocol.handle(appScheme, async (request) => {
      const file = resolveAppFile(request.url, root);
      if (file === undefined) return new Response('not found', { status: 404 });
      try {
        return new Response(new Uint8Array(await readFile(file)), { headers: headersOf(file) });
      } catch {
        return new Response('not found', { status: 404 });
      }
    });
    return;
  }
  protocol.registerBufferProtocol(appScheme, (request, callback) => {
    const file = resolveAppFile(request.url, root);
    if (file === undefined) {
      callback({ statusCode: 404, data: Buffer.from('not found') });
      return;
    }
    readFile(file).then(
      (data) => callback({ statusCode: 200, headers: headersOf(file), data }),
      () => callback({ statusCode: 404, data: Buffer.from('not found') }),
    );
  });
}

function isOwnUrl(url: string): boolean {
  if (
    url.startsWith(`${appOrigin}/`) ||
    url.startsWith('data:') ||
    url.startsWith('blob:') ||
    url.startsWith('devtools:')
  ) {
    return true;
  }
  return (
    loopbackServer !== undefined &&
    (url.startsWith(`${loopbackServer}/`) || url.startsWith(`${loopbackServer.replace(/^http/, 'ws')}/`))
  );
}

/** Is this the address of our own page? Asked of the sender of every message. */
export function isAppPage(url: string): boolean {
  return url.startsWith(`${appOrigin}/`) || (loopbackServer !== undefined && url.startsWith(`${loopbackServer}/`));
}

/** Denies requests, permissions, navigation, new windows and embedded pages, for every web contents there will be. */
export function denyEverythingRemote(): void {
  const { defaultSession } = session;
  defaultSession.webRequest.onBeforeRequest((details, callback) => callback({ cancel: !isOwnUrl(details.url) }));
  defaultSession.setPermissionRequestHandler((_contents, _permission, callback) => callback(false));
  defaultSession.setPermissionCheckHandler(() => false);
  defaultSession.setDevicePermissionHandler(() => false);
  app.on('web-contents-created', (_event, contents) => {
    contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
}
