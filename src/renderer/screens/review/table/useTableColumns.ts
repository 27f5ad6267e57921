import { computed, type ComputedRef } from 'vue';
import type { ScoredAudit } from '../../../../contract/scoreColumns';
import { useReviewSession } from '../../../stores/review/reviewSession';
import { useRowPictures } from '../../../stores/review/rowPictures';
import { useSession } from '../../../stores/session';
import { placeColumns, type PlacedColumn } from './tableColumns';

const longest = (texts: readonly string[]): number => texts.reduce((most, text) => Math.max(most, text.length), 0);

/** The columns of the table for the open project, as they were chosen. */
export function useTableColumns(
  of: () => { readonly audit: ScoredAudit; readonly hasTexts: boolean },
): ComputedRef<readonly PlacedColumn[]> {
  const session = useSession();
  const place = useReviewSession();
  const pictures = useRowPictures();
  const longestClass = computed(() => longest(session.audit?.head.classes ?? []));
  const longestId = computed(() => longest(session.dataset?.columns.find(({ role }) => role === 'id')?.examples ?? []));
  return computed(() =>
    placeColumns(place.columns, {
      hasPictures: pictures.hasAny,
      hasTexts: of().hasTexts,
      ...of().audit,
      longestClass: longestClass.value,
      longestId: longestId.value,
    }),
  );
}
