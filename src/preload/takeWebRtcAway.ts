/**
 * Runs in the page before any script of its own, and must refer to nothing outside itself. WebRTC reaches addresses
 * without a request that could be refused, and asks the system for its way to the Internet as soon as a connection is
 * made: no page of ours needs it. Blank frames, which no preload script reaches, are stripped when they are first
 * looked at, or in the microtask after they appear.
 */
export function takeWebRtcAway(): void {
  const strip = (scope: object | null | undefined): void => {
    if (scope === null || scope === undefined) return;
    for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'RTCIceTransport'])
      Reflect.deleteProperty(scope, name);
  };
  const windowOf = (value: unknown): object | null => {
    if (typeof value !== 'object' || value === null) return null;
    // A document has the one, a window is the other.
    return 'defaultView' in value ? (value as Document).defaultView : value;
  };
  strip(globalThis);
  for (const { prototype } of [
    HTMLIFrameElement,
    HTMLObjectElement,
    globalThis.HTMLFrameElement ?? HTMLIFrameElement,
  ]) {
    for (const name of ['contentWindow', 'contentDocument']) {
      const described = Object.getOwnPropertyDescriptor(prototype, name);
      const read = described?.get;
      if (described === undefined || read === undefined) continue;
      Object.defineProperty(prototype, name, {
        ...described,
        get(this: HTMLElement): unknown {
          const value: unknown = read.call(this);
          strip(windowOf(value));
          return value;
        },
      });
    }
  }
  new MutationObserver(() => {
    for (let index = 0; index < window.length; index += 1) strip(window[index]);
  }).observe(document, { childList: true, subtree: true });
}
