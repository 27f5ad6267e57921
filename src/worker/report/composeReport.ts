import type { ProjectStore } from '../store/projectStore';
import { gatherReport, type ReportSources } from './reportFacts';
import { renderReport } from './reportHtml';

/**
 * The report of an audited project as one page of HTML. O(suspects + decided rows).
 * @throws InputError before the first audit; CancelledError.
 */
export async function composeReport(store: ProjectStore, sources: ReportSources): Promise<string> {
  return renderReport(await gatherReport(store, sources));
}
