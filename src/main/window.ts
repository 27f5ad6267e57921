import { join } from 'node:path';
import { BrowserWindow, nativeTheme, screen, type WebContents } from 'electron';
import { appOrigin } from './appFiles';
import { loopbackServer } from './devServer';
import type { SettingsStore } from './settingsStore';
import { systemTheme } from './systemTheme';
import { fitPlace, leastSize, type WindowPlaceStore } from './windowPlace';

/** The background before the first paint: --bg of the design tokens. */
const backgrounds = { light: '#f6f7f9', dark: '#0f1218' } as const;

/** The one window. */
export class MainWindow {
  readonly #settings: SettingsStore;
  readonly #place: WindowPlaceStore;
  #window: BrowserWindow | undefined;
  #loaded = false;
  #whenLoaded: (() => void)[] = [];

  constructor(settings: SettingsStore, place: WindowPlaceStore) {
    this.#settings = settings;
    this.#place = place;
  }

  get contents(): WebContents | undefined {
    return this.#window?.webContents;
  }

  get browserWindow(): BrowserWindow | undefined {
    return this.#window;
  }

  /** Opens the window unless it is open. The page asks for its port to the engine by itself. */
  open(): void {
    if (this.#window !== undefined) return;
    const primary = screen.getPrimaryDisplay();
    const others = screen.getAllDisplays().filter(({ id }) => id !== primary.id);
    const { maximised, ...bounds } = fitPlace(this.#place.read(), [
      primary.workArea,
      ...others.map(({ workArea }) => workArea),
    ]);
    const dark =
      systemTheme(this.#settings.current.theme) === 'dark' ||
      (this.#settings.current.theme === 'system' && nativeTheme.shouldUseDarkColors);
    const window = new BrowserWindow({
      ...bounds,
      minWidth: leastSize.width,
      minHeight: leastSize.height,
      show: false,
      title: 'Assay',
      backgroundColor: dark ? backgrounds.dark : backgrounds.light,
      webPreferences: {
        preload: join(__dirname, '../preload/index.js'),
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        // Not Node (there is none in a sandbox): the preload script runs in frames too, where it takes WebRTC away.
        nodeIntegrationInSubFrames: true,
        webviewTag: false,
        spellcheck: false,
      },
    });
    this.#window = window;
    window.once('ready-to-show', () => {
      if (maximised) window.maximize();
      window.show();
    });
    window.on('close', () => this.#place.write({ ...window.getNormalBounds(), maximised: window.isMaximized() }));
    window.webContents.on('did-finish-load', () => {
      this.#loaded = true;
      this.#whenLoaded.splice(0).forEach((listener) => listener());
    });
    window.webContents.on('render-process-gone', () => {
      this.#loaded = false;
      window.webContents.reload();
    });
    window.on('closed', () => {
      this.#window = undefined;
      this.#loaded = false;
    });
    void window.loadURL(loopbackServer ?? `${appOrigin}/index.html`);
  }

  onceLoaded(listener: () => void): void {
    if (this.#loaded) listener();
    else this.#whenLoaded.push(listener);
  }

  send(channel: string, message: unknown): void {
    if (this.#window !== undefined && !this.#window.isDestroyed()) this.#window.webContents.send(channel, message);
  }

  focus(): void {
    if (this.#window?.isMinimized() === true) this.#window.restore();
    this.#window?.focus();
  }

  toggleDevTools(): void {
    this.#window?.webContents.toggleDevTools();
  }
}
