import type { MessageEvent, MessagePortMain } from 'electron';
import { createBirpc } from 'birpc';
import { join } from 'node:path';
import { engineOptionsSchema, mainToEngineSchema, type EngineToMain } from '../contract/control';
import type { EngineMethod } from '../contract/engineApi';
import type { EngineWire, WindowWire } from '../contract/wire';
import { EngineHost } from './host';

/** The engine as a utility process: ports on one side, the host on the other. */

const options = engineOptionsSchema.parse(JSON.parse(process.argv[2] ?? '{}'));
const { parentPort } = process;
const tellMain = (message: EngineToMain): void => parentPort.postMessage(message);

const host = new EngineHost({
  version: options.version,
  projectsFolder: options.projectsFolder,
  reviewer: options.reviewer,
  applicationFolder: join(__dirname, '../..'),
  computeThread: join(__dirname, 'compute.js'),
  onProject: (project) => tellMain(project === null ? { kind: 'closed' } : { kind: 'project', ...project }),
});

parentPort.on('message', (event: MessageEvent) => {
  const parsed = mainToEngineSchema.safeParse(event.data);
  if (!parsed.success) return;
  const message = parsed.data;
  switch (message.kind) {
    case 'grant':
      host.addGrant(message.grant, message.path, message.access);
      break;
    case 'port':
      event.ports.forEach(serveWindow);
      break;
    case 'reviewer':
      host.setReviewer(message.name);
      break;
    case 'shutdown':
      void host.shutdown().finally(() => process.exit(0));
      break;
  }
});

function serveWindow(port: MessagePortMain): void {
  const wire: EngineWire = { call: (method: EngineMethod, params: unknown) => host.call(method, params) };
  const window = createBirpc<WindowWire, EngineWire>(wire, {
    post: (data: unknown) => port.postMessage(data),
    on: (receive) => {
      port.on('message', (event) => receive(event.data));
    },
    eventNames: ['event'],
  });
  const stop = host.onEvent((event) => void window.event(event));
  port.on('close', stop);
  port.start();
}

tellMain({ kind: 'ready' });
