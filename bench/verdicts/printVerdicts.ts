import { editKinds } from './chooseEdits';
import type { LabelReading } from './labelWeights';
import { allReadings } from './labelWeights';
import type { PlantedTable, Verdict } from './measureVerdicts';
import type { KnownBy, Standard, VerdictScore } from './scoreVerdicts';
import { scoreVerdicts } from './scoreVerdicts';

type Cells = Readonly<Record<string, string>>;

/** A verdict, and the errors that were planted. */
type PlantedVerdict = Verdict & Pick<PlantedTable, 'noise' | 'share'>;

/** Tables of scores: with planted errors by measure and by kind of edit, and of data as they are. */
export function printVerdicts(planted: readonly PlantedVerdict[], asTheyAre: readonly Verdict[]): void {
  const loss: Standard = { statistic: 'loss', truth: 'clean' };
  print(
    'Errors planted, validation loss, against the right labels: sign right (%), median relative error, median ratio',
    (reading) => ({
      ...bySource(planted, reading, loss),
    }),
  );
  print('The same by kind of edit, retrained', (reading) =>
    Object.fromEntries(
      editKinds.map((kind) => {
        const own = planted.filter((verdict) => verdict.kind === kind);
        return [kind, cell(scoreVerdicts(own, reading, 'retrained', loss))];
      }),
    ),
  );
  print('The same by the errors planted, retrained', (reading) => bySetting(planted, reading, loss));
  print('Errors planted, other standards, retrained', (reading) => byStandard(planted, reading));
  print('No errors planted, retrained', (reading) => ({
    'validation loss': cell(scoreVerdicts(asTheyAre, reading, 'retrained', loss)),
    ...byStandard(asTheyAre, reading),
  }));
}

function bySource(verdicts: readonly Verdict[], reading: LabelReading, standard: Standard): Cells {
  const sources: readonly KnownBy[] = ['retrained', 'newton', 'rif'];
  return Object.fromEntries(sources.map((by) => [by, cell(scoreVerdicts(verdicts, reading, by, standard))]));
}

function bySetting(verdicts: readonly PlantedVerdict[], reading: LabelReading, standard: Standard): Cells {
  const nameOf = ({ noise, share }: PlantedVerdict): string => `${noise} ${100 * share} %`;
  return Object.fromEntries(
    [...new Set(verdicts.map(nameOf))].map((name) => {
      const own = verdicts.filter((verdict) => nameOf(verdict) === name);
      return [name, cell(scoreVerdicts(own, reading, 'retrained', standard))];
    }),
  );
}

function byStandard(verdicts: readonly Verdict[], reading: LabelReading): Cells {
  const score = (standard: Standard): string => cell(scoreVerdicts(verdicts, reading, 'retrained', standard));
  return {
    'loss, unseen rows': score({ statistic: 'loss', truth: 'unseen' }),
    'validation accuracy': score({ statistic: 'accuracy', truth: 'clean' }),
  };
}

function print(title: string, rowOf: (reading: LabelReading) => Cells): void {
  console.log(title);
  console.table(Object.fromEntries(allReadings.map((reading) => [reading, rowOf(reading)])));
}

function cell({ judged, agreement, error, ratio }: VerdictScore): string {
  if (judged === 0) return '–';
  return `${(100 * agreement).toFixed(1)} % of ${judged}, ${error.toFixed(2)}, ${ratio.toFixed(2)}`;
}
