import { describe, expect, it } from 'vitest';
import type { ShellBridge, ShellEvent } from '../../contract/shell';
import { BugError, StorageError } from '../../core/base/errors';
import { ShellClient } from './shellClient';

function connect(answer: (method: string, params: unknown) => unknown) {
  let say: (event: unknown) => void = () => undefined;
  const bridge: ShellBridge = {
    call: (method, params) => Promise.resolve(answer(method, params)),
    onEvent: (listener) => {
      say = listener;
      return () => (say = () => undefined);
    },
    requestEnginePort: () => undefined,
  };
  const client = new ShellClient();
  client.attach(bridge);
  return { client, say: (event: unknown) => say(event) };
}

describe('ShellClient', () => {
  it('checks what goes out and what comes in', async () => {
    const asked: unknown[] = [];
    const { client } = connect((method, params) => {
      asked.push([method, params]);
      return { ok: true, value: method === 'settings' ? { theme: 'dark' } : { theme: 'violet' } };
    });
    expect(await client.call('settings', {})).toEqual({
      theme: 'dark',
      reviewer: '',
      advance: true,
      toldOutdated: '',
      toured: false,
    });
    await expect(client.call('saveSettings', { reviewer: 'x'.repeat(101) })).rejects.toBeInstanceOf(BugError);
    expect(asked).toEqual([['settings', {}]]);
    await expect(client.call('saveSettings', {})).rejects.toBeInstanceOf(BugError);
  });

  it('throws the error main reports', async () => {
    const { client } = connect(() => ({
      ok: false,
      error: { code: 'storage', message: 'The disk is full.', details: {} },
    }));
    await expect(client.call('recentProjects', {})).rejects.toBeInstanceOf(StorageError);
    await expect(client.call('recentProjects', {})).rejects.toThrow('The disk is full.');
  });

  it('says so when the page is not inside Assay', async () => {
    await expect(new ShellClient().call('settings', {})).rejects.toThrow(/not connected/);
  });

  it('keeps what is said before the window listens, until it has settled; drops what it does not know', () => {
    const { client, say } = connect(() => undefined);
    const open: ShellEvent = { kind: 'open', path: { grant: 'grant-one', display: 'a.csv' }, what: 'source' };
    say(open);
    say({ kind: 'riddle' });
    const heard: ShellEvent[] = [];
    const stop = client.onEvent((event) => heard.push(event));
    expect(heard).toEqual([open]);
    client.settle();
    client.onEvent(() => expect.unreachable());
    stop();
    const later: ShellEvent[] = [];
    client.onEvent((event) => later.push(event));
    expect(later).toEqual([]);
  });
});
