import { defineStore } from 'pinia';
import { computed, ref, shallowReactive, shallowRef, watch } from 'vue';
import { useSession } from '../session';
import {
  type KeptLayout,
  leastCard,
  type MapChoice,
  mostCard,
  mostFacets,
  type ReviewViewName,
  showBeside,
  showView,
  standardLayout,
} from './layoutModel';

/** How far the keys go in a view: rows in one of its lines, and rows that it shows at once. */
interface ViewSteps {
  readonly columns: number;
  readonly page: number;
}

/** Which views of the rows stand in Review, how wide, and which of them has the keys. Kept in the project. */
export const useReviewLayout = defineStore('reviewLayout', () => {
  const session = useSession();
  const kept = shallowRef<KeptLayout>(standardLayout);
  /** The view where arrows move: the one that was used last. */
  const active = ref<ReviewViewName>('table');
  const steps = shallowReactive<Partial<Record<ReviewViewName, ViewSteps>>>({});

  /** The best size of a card for data of this kind, in CSS pixels. */
  const usualCard = ref(128);
  const cardSize = computed(() => kept.value.cardSize ?? usualCard.value);
  const stepsOf = computed<ViewSteps>(() => steps[active.value] ?? { columns: 1, page: 10 });

  /** Shows a view in place of the one that has the keys; with two shown, the other one stays. */
  function show(view: ReviewViewName): void {
    kept.value = { ...kept.value, views: showView(kept.value.views, view, active.value) };
    active.value = view;
  }

  /** Two views side by side, or one again: the one that has the keys. */
  function toggleBeside(): void {
    const views = showBeside(kept.value.views, active.value);
    kept.value = { ...kept.value, views };
    if (!views.includes(active.value)) active.value = views[0];
  }

  function restore(layout: KeptLayout): void {
    kept.value = layout;
    active.value = layout.views[0];
  }

  function setShare(share: number): void {
    kept.value = { ...kept.value, share: Math.min(0.8, Math.max(0.2, share)) };
  }

  function setCardSize(size: number): void {
    kept.value = { ...kept.value, cardSize: Math.min(mostCard, Math.max(leastCard, Math.round(size))) };
  }

  /** Width of the evidence in CSS pixels; null: as usual. */
  function setEvidenceWidth(width: number | null): void {
    kept.value = { ...kept.value, evidenceWidth: width === null ? null : Math.round(width) };
  }

  function setMap(change: Partial<MapChoice>): void {
    kept.value = { ...kept.value, map: { ...kept.value.map, ...change } };
  }

  function showFacets(open: boolean): void {
    kept.value = { ...kept.value, facets: { ...kept.value.facets, open } };
  }

  /** Opens the facet of a column, above the others. */
  function addFacet(column: number): void {
    const others = kept.value.facets.columns.filter((one) => one !== column);
    kept.value = { ...kept.value, facets: { open: true, columns: [column, ...others].slice(0, mostFacets) } };
  }

  function removeFacet(column: number): void {
    const columns = kept.value.facets.columns.filter((one) => one !== column);
    kept.value = { ...kept.value, facets: { ...kept.value.facets, columns } };
  }

  /** Folds a part of the evidence away, or opens it. */
  function fold(part: string, away: boolean): void {
    const others = kept.value.folded.filter((one) => one !== part);
    kept.value = { ...kept.value, folded: away ? [...others, part] : others };
  }

  watch(
    () => session.folder,
    () => restore(standardLayout),
    { flush: 'sync' },
  );

  return {
    kept,
    active,
    steps,
    usualCard,
    cardSize,
    stepsOf,
    show,
    toggleBeside,
    restore,
    setShare,
    setCardSize,
    setEvidenceWidth,
    setMap,
    showFacets,
    addFacet,
    removeFacet,
    fold,
  };
});
