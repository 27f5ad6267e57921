import { join } from 'node:path';
import { auditFeatures } from '../../src/core/audit/auditFeatures';
import type { AuditInput, AuditResult } from '../../src/core/audit/auditTypes';
import { splitCodes } from '../../src/core/base/splitCodes';
import type { ExpertChoice } from '../../src/core/ranking/suspicion/expertNames';
import { createNeighbourSearch } from '../../src/worker/compute/neighbourSearch';
import { NpyRows } from '../../src/worker/store/npy/npyRows';
import type { Facts } from '../workloads/workload';
import { readLabels } from './arrays';
import { firstRows } from './firstRows';
import { createStageClock } from './stageClock';
import type { AssayTask, TaskInputs } from './task';
import { benchContext, numberOf, vector } from './task';

/**
 * An audit of features on disk with a fixed λ. The timed part leaves the neighbours out: what remains is what NumPy
 * does beside it, and the ranking by the head alone. With the setting `whole`, one audit with everything follows.
 */
export async function createAuditTask({ data, settings, backend }: TaskInputs): Promise<AssayTask> {
  const rows = numberOf(settings, 'rows');
  const features = firstRows(NpyRows.open(join(data, 'features.npy')), rows);
  const validationEvery = numberOf(settings, 'validationEvery');
  const input: AuditInput = {
    features,
    labels: await readLabels(data, 'labels', rows),
    classes: numberOf(settings, 'classes'),
    split: Uint8Array.from({ length: rows }, (_, i) =>
      i % validationEvery === 0 ? splitCodes.validation : splitCodes.train,
    ),
    unpenalised: [],
    l2: numberOf(settings, 'l2'),
    neighbours: createNeighbourSearch(backend.tensorflow),
  };
  let result: AuditResult | undefined;
  const audit = (experts: ExpertChoice): Facts => {
    const clock = createStageClock();
    result = auditFeatures(
      { ...input, options: { experts, validationLabels: 'given' } },
      benchContext(backend, clock.progress),
    );
    return { stages: clock.seconds(), ...statedBy(result) };
  };
  return {
    run: () => audit(['head']),
    outputs() {
      if (result === undefined) return {};
      const { leverage, selfInfluenceIf, selfInfluenceRif, valLossIf, valLossRif } = result.columns;
      return {
        theta: vector(result.head.theta),
        leverage: vector(leverage),
        selfIf: vector(selfInfluenceIf),
        selfRif: vector(selfInfluenceRif),
        valLossIf: vector(valLossIf),
        valLossRif: vector(valLossRif),
      };
    },
    ...(settings['whole'] === true && {
      more() {
        const start = performance.now();
        const { stages } = audit('auto');
        return {
          whole_audit_s: (performance.now() - start) / 1000,
          whole_audit_stages: stages,
          neighbours: result?.neighbours ?? null,
        };
      },
    }),
  };
}

/** What the engine says of its own result: head, precision, errors, warnings; without the arrays. */
function statedBy(result: AuditResult): Facts {
  const { columns: _columns, classProbabilities: _probabilities, transitions: _transitions, ...rest } = result;
  const { beliefs: _beliefs, ...summary } = rest;
  return withoutArrays(summary);
}

function withoutArrays(value: object): Facts {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => !ArrayBuffer.isView(one))
      .map(([name, one]: [string, unknown]) => [
        name,
        typeof one === 'object' && one !== null && !Array.isArray(one) ? withoutArrays(one) : one,
      ]),
  );
}
