import { app, type Session } from 'electron';
import { loopbackServer } from './devServer';

/**
 * Assay opens no connection. Its page may not ask for one (security.ts); this is about what Chromium does by itself: at
 * every start it wanted a spelling dictionary from a server, and WebRTC reaches out from a page without a request that
 * could be refused. Everything here is documented for the oldest runtime (Electron 22) and the newest alike; a switch
 * one of them lacks is ignored.
 */

/** Switches for Chromium, with why each is there. */
const offlineSwitches: readonly (readonly [name: string, value?: string])[] = [
  // No name and no address is looked up or connected to, whoever asks: the one rule under all others. The development
  // server of `npm run dev` is the only exception.
  ['host-resolver-rules', loopbackServer === undefined ? 'MAP * ~NOTFOUND' : 'MAP * ~NOTFOUND, EXCLUDE localhost'],
  // Update checks, field trials, network time and whatever else Chromium does in the background.
  ['disable-background-networking'],
  ['disable-component-update'],
  ['disable-domain-reliability'],
  ['no-pings'],
  ['disable-sync'],
  ['disable-breakpad'],
  // No proxy, and so no search for one (WPAD) and no script of one.
  ['no-proxy-server'],
  ['disable-quic'],
  // WebRTC without UDP: neither STUN nor names announced by multicast (mDNS).
  ['force-webrtc-ip-handling-policy', 'disable_non_proxied_udp'],
  [
    'disable-features',
    [
      'WebRtcHideLocalIpsWithMdns', // announces names by multicast
      'AsyncDns', // a resolver of Chromium's own, which probes for IPv6 and DNS over HTTPS
      'DnsOverHttps',
      'MediaRouter', // looks for screens to cast to
      'DialMediaRouteProvider',
      'CastMediaRouteProvider',
      'NetworkTimeServiceQuerying',
      'OptimizationHints',
      'AutofillServerCommunication',
      'CertificateTransparencyComponentUpdater',
      'Translate',
      'InterestFeedContentSuggestions',
      'NetworkPrediction',
      'SpareRendererForSitePerProcess',
    ].join(','),
  ],
];

/**
 * Must be called before the application is ready: Chromium reads its switches once. They win over those of the command
 * line.
 */
export function switchNetworkOff(): void {
  for (const [name, value] of offlineSwitches) {
    // Of a switch given twice the last counts, except that features would be lost: those of the command line are kept.
    const given = name === 'disable-features' ? app.commandLine.getSwitchValue(name) : '';
    app.commandLine.removeSwitch(name);
    app.commandLine.appendSwitch(name, given === '' ? value : `${value ?? ''},${given}`);
  }
  app.on('session-created', takeSessionOffline);
}

/** No dictionary, no proxy, no preconnection, no download: for every session there will be. */
function takeSessionOffline(session: Session): void {
  // Without languages there is no dictionary to ask for; switching the checker off alone does not keep Chromium from
  // asking.
  session.setSpellCheckerLanguages([]);
  session.setSpellCheckerEnabled(false);
  void session.setProxy({ mode: 'direct' });
  session.on('will-download', (event) => event.preventDefault());
}
