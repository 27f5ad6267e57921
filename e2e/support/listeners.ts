import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** What has arrived at one port of this machine, over TCP and UDP. */
export interface Listeners {
  readonly port: number;
  /** Connections and datagrams so far, with their first bytes. */
  readonly arrived: readonly string[];
  close(): Promise<void>;
}

/** Listens on one port of 127.0.0.1, for connections and for datagrams. */
export async function listenOnLoopback(): Promise<Listeners> {
  const arrived: string[] = [];
  const server = createServer((socket) => {
    const index = arrived.push('TCP connection') - 1;
    socket.on('data', (chunk) => (arrived[index] = `TCP ${chunk.toString('latin1').slice(0, 80)}`));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const datagrams = createSocket('udp4', (message) => arrived.push(`UDP ${message.toString('latin1').slice(0, 80)}`));
  await new Promise<void>((done) => datagrams.bind(port, '127.0.0.1', done));
  return {
    port,
    arrived,
    async close() {
      await new Promise<void>((done) => datagrams.close(done));
      server.close();
    },
  };
}
