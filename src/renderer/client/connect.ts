import type { ShellBridge } from '../../contract/shell';
import { enginePortMessage } from '../../contract/wire';
import type { EnginePort } from './engineClient';
import { engineClient } from './engineClient';
import { shellClient } from './shellClient';

declare global {
  interface Window {
    readonly assay?: ShellBridge;
  }
}

/**
 * Connects this window: to main through the preload script's bridge, to the engine through the ports it hands over.
 *
 * @returns false when the page does not run inside Assay (there is no bridge)
 */
export function connectWindow(): boolean {
  if (window.assay === undefined) return false;
  shellClient.attach(window.assay);
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    // Only this window's own preload script hands over ports.
    if (event.source !== window || !isPortMessage(event.data)) return;
    const port: EnginePort | undefined = event.ports[0];
    if (port !== undefined) engineClient.attach(port);
  });
  shellClient.onEvent((event) => {
    if (event.kind !== 'engine') return;
    if (event.state.kind === 'restarting') engineClient.detach(event.state.message);
    if (event.state.kind === 'failed') engineClient.refuse(event.state.message);
  });
  shellClient.requestEnginePort();
  return true;
}

function isPortMessage(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'assay' in data && data.assay === enginePortMessage;
}
