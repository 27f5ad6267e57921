import { computed, useTemplateRef } from 'vue';
import { useReviewLayout } from '../../../stores/review/reviewLayout';

/** CSS pixels: the card's buttons need so much; the rows more than that. */
const least = 300;
const leastForRows = 420;

/** How wide the evidence (ref `card`) is in the screen (ref `root`): as usual, or as somebody has dragged its edge. */
export function useEvidenceWidth() {
  const layout = useReviewLayout();
  const root = useTemplateRef<HTMLElement>('root');
  const card = useTemplateRef<{ readonly $el: HTMLElement }>('card');
  let before = 0;

  const ownWidth = computed(() => {
    const width = layout.kept.evidenceWidth;
    return width === null ? undefined : { '--own-card': `${width}px` };
  });
  const evidenceShare = computed(() => {
    const width = layout.kept.evidenceWidth ?? card.value?.$el.offsetWidth ?? 0;
    return (100 * width) / Math.max(1, root.value?.offsetWidth ?? 1);
  });

  function startResize(): void {
    before = card.value?.$el.offsetWidth ?? 0;
  }

  /** By so many pixels to the right: the evidence stands at the right edge. */
  function resizeEvidence(pixels: number): void {
    const most = Math.max(least, (root.value?.offsetWidth ?? 0) - leastForRows);
    layout.setEvidenceWidth(Math.min(most, Math.max(least, before - pixels)));
  }

  return { ownWidth, evidenceShare, startResize, resizeEvidence };
}
