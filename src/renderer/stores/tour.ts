import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import { stepAfter, type TourFacts, tourSteps } from '../tour/tourSteps';
import { useRecents } from './recents';
import { useSettings } from './settings';

/** The tour of the first run: where it is. It is offered once, and can be taken again from the palette. */
export const useTour = defineStore('tour', () => {
  const settings = useSettings();
  const recents = useRecents();
  const at = ref<number | null>(null);

  const step = computed(() => (at.value === null ? null : tourSteps[at.value]));
  const isLast = computed(() => at.value === tourSteps.length - 1);
  /** To somebody new, until taken or declined. */
  const offered = computed(
    () => at.value === null && settings.loaded && !settings.toured && recents.loaded && recents.projects.length === 0,
  );

  function start(): void {
    at.value = 0;
  }

  /** Past what is done already. */
  function look(now: TourFacts): void {
    if (at.value !== null) at.value = stepAfter(at.value, now);
  }

  function next(): void {
    if (at.value !== null && !isLast.value) at.value += 1;
    else end();
  }

  /** It does not come back by itself. */
  function end(): void {
    at.value = null;
    if (!settings.toured) void settings.save({ toured: true });
  }

  return { at, step, isLast, offered, start, look, next, end };
});
