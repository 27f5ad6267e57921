import { BrowserWindow, type Session, session } from 'electron';
import { isSealedAddress, sealedAddress, sealedScheme } from './sealedPage';

/** Longer than this for the largest report there is, and something hangs. */
const longestMs = 120_000;

/** In inches, as Chromium wants them; the page's own style sheet says the same in millimetres. */
const margins = { top: 0.63, bottom: 0.63, left: 0.6, right: 0.6 };

/** Chromium fills in `title`, `pageNumber` and `totalPages` by their classes, as text. */
const footer = `<div style="width:100%;margin:0 9.3mm;display:flex;justify-content:space-between;gap:8mm;font:5.5pt sans-serif;color:#566072">
<span class="title" style="overflow:hidden;white-space:nowrap;text-overflow:ellipsis"></span>
<span style="white-space:nowrap">page <span class="pageNumber"></span> of <span class="totalPages"></span></span></div>`;

let printed = 0;

/**
 * Prints a page that needs nothing else as a PDF file, A4 with page numbers, in a window that nobody sees: sandboxed,
 * without script, and in a session of its own that answers for this one page and refuses everything else.
 * @throws Error where the page cannot be loaded or printed, or it takes longer than two minutes.
 */
export async function printPage(page: string): Promise<Uint8Array> {
  const own = session.fromPartition(`print-${++printed}`, { cache: false });
  seal(own, Buffer.from(page, 'utf8'));
  const window = new BrowserWindow({
    show: false,
    width: 794,
    height: 1123,
    webPreferences: {
      session: own,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      javascript: false,
      webviewTag: false,
      spellcheck: false,
      images: true,
    },
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('Printing did not end within two minutes.')), longestMs);
    });
    const print = async (): Promise<Uint8Array> => {
      await window.loadURL(sealedAddress);
      return window.webContents.printToPDF({
        pageSize: 'A4',
        preferCSSPageSize: true,
        printBackground: true,
        margins,
        displayHeaderFooter: true,
        headerTemplate: '<span></span>',
        footerTemplate: footer,
      });
    };
    return await Promise.race([print(), late]);
  } finally {
    if (timer !== undefined) clearTimeout(timer);
    window.destroy();
    own.protocol.unregisterProtocol(sealedScheme);
  }
}

/** Everything but the one page, and the pictures inside it, is refused. */
function seal(own: Session, page: Buffer): void {
  const headers = { 'content-type': 'text/html; charset=utf-8', 'x-content-type-options': 'nosniff' };
  if (typeof own.protocol.handle === 'function') {
    own.protocol.handle(sealedScheme, () => new Response(new Uint8Array(page), { headers }));
  } else {
    own.protocol.registerBufferProtocol(sealedScheme, (_request, callback) =>
      callback({ data: page, mimeType: 'text/html', charset: 'utf-8', headers }),
    );
  }
  own.webRequest.onBeforeRequest(({ url }, callback) => callback({ cancel: !isSealedAddress(url) }));
  own.setPermissionRequestHandler((_contents, _permission, callback) => callback(false));
  own.setPermissionCheckHandler(() => false);
}
