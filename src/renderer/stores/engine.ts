import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { EngineInfo } from '../../contract/project';
import type { EngineState } from '../../contract/shell';
import { engineClient } from '../client/engineClient';
import { shellClient } from '../client/shellClient';
import { useToasts } from './toasts';

/** Whether the engine runs, and what it runs on. */
export const useEngine = defineStore('engine', () => {
  const state = shallowRef<EngineState>({ kind: 'starting' });
  const info = shallowRef<EngineInfo | null>(null);
  const connected = ref(engineClient.connected);

  function takeState(next: EngineState): void {
    state.value = next;
  }

  function takeConnection(now: boolean): void {
    connected.value = now;
    if (!now) return;
    state.value = { kind: 'running' };
    void readInfo();
  }

  async function readInfo(): Promise<void> {
    try {
      info.value = await engineClient.call('engine.info', {});
    } catch (error) {
      useToasts().showError('The engine did not say what it runs on', error);
    }
  }

  /** For the person's "Start again" after the engine died too often. */
  async function restart(): Promise<void> {
    state.value = { kind: 'starting' };
    try {
      await shellClient.call('restartEngine', {});
      shellClient.requestEnginePort();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      state.value = { kind: 'failed', message };
    }
  }

  return { state, info, connected, takeState, takeConnection, readInfo, restart };
});
