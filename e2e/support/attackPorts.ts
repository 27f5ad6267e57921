/**
 * Runs inside the page: takes a port to the engine as the page itself does, and sends whatever no window would send, to
 * the engine and to main. It must not refer to anything outside itself. @returns how main answered, and what the engine
 * says afterwards
 */
export async function attackPorts(): Promise<{
  readonly main: readonly boolean[];
  readonly answered: readonly string[];
}> {
  interface Bridge {
    call(method: unknown, params: unknown): Promise<{ ok: boolean }>;
    requestEnginePort(): void;
  }
  const bridge = (window as unknown as { assay: Bridge }).assay; // what the preload script puts there
  const port = await new Promise<MessagePort>((resolve) => {
    window.addEventListener('message', (event) => {
      const [first] = event.ports;
      if (first !== undefined) resolve(first);
    });
    bridge.requestEnginePort();
  });
  const answered: string[] = [];
  port.addEventListener('message', ({ data }: MessageEvent<{ i?: string; r?: { ok?: boolean } }>) => {
    if (typeof data?.i === 'string' && data.i.startsWith('attack')) answered.push(`${data.i} ${String(data.r?.ok)}`);
  });
  let count = 0;
  const ask = (method: unknown, params: unknown, about: unknown = null): unknown => ({
    t: 'q',
    i: `attack-${(count += 1)}`,
    m: 'call',
    a: [method, params, about],
  });
  const self: Record<string, unknown> = { kind: 'rows' };
  self['rows'] = [self];
  const rows = (...list: unknown[]): unknown => ({
    selection: { kind: 'rows', rows: list },
    threshold: 0.5,
    decision: { kind: 'remove' },
  });
  const polluting: unknown = JSON.parse('{"__proto__": {"threshold": 1}, "constructor": {"prototype": {}}}');
  const messages: readonly unknown[] = [
    ...[null, undefined, 0, -0, NaN, Infinity, 2 ** 40, 'text', true, 10n, [], {}, new Date(0), new Map(), /x/],
    ...[new Float64Array(1000), new ArrayBuffer(1_000_000), new Error('no'), new Array(2 ** 32 - 1), self],
    ...[
      { t: 'q' },
      { t: 'q', m: 'call' },
      { t: 'q', m: '__proto__', a: [], i: 'x' },
      { t: 'q', m: 'constructor', a: [] },
    ],
    ...[{ t: 's' }, { t: 's', i: '__proto__', r: 1 }, { t: 'q', m: 'call', a: null, i: 'attack-list' }, { t: 7, i: 7 }],
    { t: 'q', m: 'toString', a: ['x'], i: 'attack-name' },
    ask(null, null),
    ask('__proto__', {}),
    ask('constructor', {}),
    ask('hasOwnProperty', {}),
    ask('review.decide', null),
    ask('review.decide', polluting),
    ask('review.decide', rows(2 ** 40)),
    ask('review.decide', rows(-1, 0.5, NaN)),
    ask('review.decide', rows('0')),
    ask('review.decide', { selection: self, threshold: 0.5, decision: null }),
    ask('review.decide', { ...(rows(1) as object), decision: { kind: 'relabel', label: 'x'.repeat(2_000_000) } }),
    ask('review.rows', { rows: new Array(2 ** 31) }),
    ask('review.evidence', { row: 2 ** 31 - 1 }),
    ask('review.page', { viewId: '__proto__', offset: 2 ** 53, limit: 1e9 }),
    ask('dataset.setColumns', { columns: [{ index: 2 ** 31 - 1, role: 'label', type: 'number' }] }),
    ask('project.openSource', { grant: '../../../etc/passwd' }),
    ask('project.saveView', { view: 'x'.repeat(100_000_000) }),
    ask('job.cancel', { jobId: 'no such job' }, 'another opening'),
    ask('audit.start', { settings: { seed: 2 ** 40, l2: -1 } }),
  ];
  for (const message of messages) port.postMessage(message);
  // The same id many times, and more questions at once than a window has.
  for (let repeat = 0; repeat < 3_000; repeat += 1)
    port.postMessage({ t: 'q', i: 'attack-twice', m: 'call', a: ['engine.info', {}, null] });
  const main: boolean[] = [];
  for (const [method, params] of [
    ...[
      [null, null],
      [undefined, {}],
      ['__proto__', {}],
      ['constructor', {}],
      ['toString', {}],
      [{}, {}],
    ],
    ...[
      ['openRecent', null],
      ['openRecent', { id: 'x'.repeat(1_000_000) }],
      ['copyText', { text: 7 }],
    ],
    ...[
      ['saveSettings', { theme: 'violet' }],
      ['saveSettings', self],
      ['openSample', polluting],
    ],
    ...[
      ['settings', new Array(20_000).fill(0)],
      ['copyText', { text: 'x'.repeat(60_000_000) }],
    ],
  ]) {
    // The bridge itself may refuse to copy what it is given.
    main.push(
      await bridge.call(method, params).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
  }
  for (let repeat = 0; repeat < 20; repeat += 1) bridge.requestEnginePort();
  await new Promise((done) => setTimeout(done, 1_000));
  return { main, answered };
}
