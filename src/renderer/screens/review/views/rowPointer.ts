import type { ReviewViewName } from '../../../stores/review/layoutModel';
import { useReviewLayout } from '../../../stores/review/reviewLayout';
import { useReviewView } from '../../../stores/review/reviewView';

/** What the mouse does on the rows of a view: elements of rows say their place by data-place. */
export function useRowPointer(view: ReviewViewName, open: () => void) {
  const list = useReviewView();
  const layout = useReviewLayout();

  function placeOfEvent(event: Event): number | null {
    const element = event.target instanceof Element ? event.target.closest('[data-place]') : null;
    return element instanceof HTMLElement ? Number(element.dataset['place']) : null;
  }

  function onPointerDown(event: PointerEvent): void {
    layout.active = view;
    const at = placeOfEvent(event);
    if (at === null || event.button !== 0) return;
    list.clickRow(at, { extend: event.shiftKey, keep: event.ctrlKey || event.metaKey });
  }

  function onDoubleClick(event: MouseEvent): void {
    if (placeOfEvent(event) !== null) open();
  }

  return { onPointerDown, onDoubleClick };
}
