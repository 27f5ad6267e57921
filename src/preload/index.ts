import { contextBridge, ipcRenderer, webFrame, webUtils } from 'electron';
import type { ShellBridge } from '../contract/shell';
import { enginePortMessage, shellChannels } from '../contract/wire';
import { takeWebRtcAway } from './takeWebRtcAway';

void webFrame.executeJavaScript(`(${takeWebRtcAway.toString()})()`);

/**
 * The only bridge between page and main process: one call, one event stream, one port. Paths of dropped files are read
 * here and sent straight to main; the page never sees a path it could change.
 */
const bridge: ShellBridge = {
  call: (method, params) => ipcRenderer.invoke(shellChannels.call, method, params),
  onEvent(listener) {
    const forward = (_event: unknown, message: unknown): void => listener(message);
    ipcRenderer.on(shellChannels.event, forward);
    return () => ipcRenderer.removeListener(shellChannels.event, forward);
  },
  requestEnginePort: () => ipcRenderer.send(shellChannels.requestPort),
};

if (process.isMainFrame) contextBridge.exposeInMainWorld('assay', bridge);

ipcRenderer.on(shellChannels.port, (event) => {
  window.postMessage({ assay: enginePortMessage }, '*', event.ports);
});

/** Electron 32 took `File.path` away and gave `webUtils` instead; older ones have only the former. */
function pathOf(file: File): string {
  const reader = webUtils as typeof webUtils | undefined; // absent before Electron 29
  if (reader !== undefined) return reader.getPathForFile(file);
  return (file as File & { readonly path?: string }).path ?? '';
}

window.addEventListener('dragover', (event) => event.preventDefault());
window.addEventListener('drop', (event) => {
  event.preventDefault();
  const file = event.dataTransfer?.files[0];
  if (file === undefined || !event.isTrusted) return;
  const path = pathOf(file);
  if (path !== '') ipcRenderer.send(shellChannels.dropped, [path]);
});
