import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import { CancelledError } from '../../core/base/errors';
import { errorMessage } from '../format/errors';

interface ToastAction {
  readonly label: string;
  run(): void;
}

export interface Toast {
  readonly id: number;
  readonly tone: 'info' | 'good' | 'warn' | 'bad';
  readonly title: string;
  readonly text: string;
  readonly action: ToastAction | null;
}

interface ToastInput {
  readonly tone?: Toast['tone'];
  readonly title: string;
  readonly text?: string;
  readonly action?: ToastAction;
}

/**
 * Short messages in the corner. Failures stay until they are closed; the rest go after a while (ToastCard times them).
 */
export const useToasts = defineStore('toasts', () => {
  const toasts = shallowRef<readonly Toast[]>([]);
  let nextId = 1;

  /** Shows a message; one that says the same replaces the earlier. @returns its id, for {@link dismiss} */
  function show(input: ToastInput): number {
    const toast: Toast = {
      id: nextId++,
      tone: input.tone ?? 'info',
      title: input.title,
      text: input.text ?? '',
      action: input.action ?? null,
    };
    const others = toasts.value.filter((other) => other.title !== toast.title || other.text !== toast.text);
    toasts.value = [...others, toast].slice(-4);
    return toast.id;
  }

  /** Shows a failure by its message; a cancellation is no failure and is not shown. @returns its id */
  function showError(title: string, error: unknown): number | null {
    if (error instanceof CancelledError) return null;
    return show({ tone: 'bad', title, text: errorMessage(error) });
  }

  function dismiss(id: number): void {
    toasts.value = toasts.value.filter((toast) => toast.id !== id);
  }

  return { toasts, show, showError, dismiss };
});
