import { join } from 'node:path';
import type { MessageEvent, MessagePortMain } from 'electron';
import { engineOptionsSchema, type EngineToMain, mainToEngineSchema } from '../contract/control';
import { UnavailableError } from '../core/base/errors';
import { EngineHost } from './host';
import { MainPrinter } from './mainPrinter';
import { serveWindow } from './windowPort';

/** The engine as a utility process: ports on one side, the host on the other. */

const options = engineOptionsSchema.parse(JSON.parse(process.argv[2] ?? '{}'));
const { parentPort } = process;
const tellMain = (message: EngineToMain): void => parentPort.postMessage(message);

const printer = new MainPrinter((message) => tellMain({ kind: 'print', ...message }));

const host = new EngineHost({
  version: options.version,
  projectsFolder: options.projectsFolder,
  reviewer: options.reviewer,
  applicationFolder: join(__dirname, '../..'),
  computeThread: join(__dirname, 'compute.js'),
  encoderThread: join(__dirname, 'encoder.js'),
  print: (page, signal) => printer.print(page, signal),
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
      event.ports.forEach(connect);
      break;
    case 'reviewer':
      host.setReviewer(message.name);
      break;
    case 'printed':
      printer.settle(message.id, message.pdf);
      break;
    case 'notPrinted':
      printer.settle(message.id, new UnavailableError(message.problem));
      break;
    case 'shutdown':
      void host
        .shutdown()
        .catch((error: unknown) => console.error('shutdown', error))
        .finally(() => process.exit(0));
      break;
  }
});

/** The window has one port; while it takes another into use, the one before still answers. */
const mostPorts = 4;
const ports: MessagePortMain[] = [];

function connect(port: MessagePortMain): void {
  const stop = serveWindow(
    {
      postMessage: (message) => port.postMessage(message),
      onMessage: (listener) => port.on('message', (event) => listener(event.data)),
    },
    host,
    (text) => console.error(text),
  );
  port.on('close', () => {
    stop();
    const place = ports.indexOf(port);
    if (place >= 0) ports.splice(place, 1);
  });
  port.start();
  ports.push(port);
  // Closing it tells its other end and this one.
  if (ports.length > mostPorts) ports.shift()?.close();
}

// A promise nobody waited for is a fault worth a line in the log, not the end of everything that is open.
process.on('unhandledRejection', (reason) => console.error('unhandled', reason));

tellMain({ kind: 'ready' });
