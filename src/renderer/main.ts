import './client/withoutEval';
import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import './styles/tokens.css';
import './styles/base.css';
import './styles/popup.css';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { connectWindow } from './client/connect';
import { createAppRouter } from './router';
import { useSettings } from './stores/settings';
import { useToasts } from './stores/toasts';

const app = createApp(App).use(createPinia()).use(createAppRouter());

/** Whatever nobody caught is said, not swallowed: the person is told, and the window goes on. */
function report(error: unknown): void {
  useToasts().showError('Something in this window went wrong', error);
}
app.config.errorHandler = report;
window.addEventListener('unhandledrejection', (event) => report(event.reason));

/** While an input method composes a word, keys are its own: Enter takes the word and Esc drops it, no more. */
function leaveToComposition(event: KeyboardEvent): void {
  if (event.isComposing) event.stopImmediatePropagation();
}
window.addEventListener('keydown', leaveToComposition, { capture: true });

const connected = connectWindow();
// The theme is read first, so that a dark window does not flash white; settings that cannot be read do not hold it up.
void (connected ? useSettings().load() : Promise.resolve()).finally(() => app.mount('#app'));
