import type { OpenProject } from '../worker/project/openProject';
import type { ModelOptions } from './modelOptions';

export interface SimilarLabelOptions {
  /** Default: what surely means the same is merged. */
  readonly similarLabels?: 'merge' | 'keep';
}

/**
 * Decides how labels that look alike are read, as the option says, so that no row is suspected for its spelling.
 * Numeric labels have no classes, and nothing is merged.
 */
export async function decideSimilarLabels(
  project: OpenProject,
  { similarLabels, head }: SimilarLabelOptions & Pick<ModelOptions, 'head'>,
): Promise<void> {
  if (head === 'ridge') return;
  const similar = project.dataset.summary().similarLabels;
  if (similar === null || (similar.sure.length === 0 && similarLabels !== 'merge')) return;
  await project.dataset.chooseLabels({ choice: similarLabels ?? 'merge', perhaps: similarLabels === 'merge' });
}
