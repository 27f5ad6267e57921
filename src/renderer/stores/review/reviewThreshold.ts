import { listedFrom } from '../../../core/base/listedFrom';
import { useSession } from '../session';
import { readPlace } from './reviewPlace';
import { useReviewView } from './reviewView';

/** The threshold of the review, also when this project's review was not looked at since it was opened. */
export function reviewThreshold(): number {
  const list = useReviewView();
  return list.view === null ? (readPlace(useSession().view)?.query.threshold ?? listedFrom) : list.query.threshold;
}
