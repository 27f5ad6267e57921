import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditSettings } from '../../src/contract/audit';
import { auditSettingsSchema } from '../../src/contract/audit';
import type { EngineEvent } from '../../src/contract/engineApi';
import { engineMethods } from '../../src/contract/engineApi';
import type { JobSnapshot } from '../../src/contract/jobs';
import { CancelledError, InputError } from '../../src/core/base/errors';
import { createRandom } from '../../src/core/base/random';
import { ComputeClient } from '../../src/worker/compute/thread/computeClient';
import { Encoders } from '../../src/worker/encoders/encoders';
import { startPictureThreads } from '../../src/worker/pictures/thread/startPictureThreads';
import { inspectFile } from '../../src/worker/project/dataFile';
import { OpenProject } from '../../src/worker/project/openProject';
import { bundleThread } from '../backends/bundleThread';

/** 160 rows in two overlapping clouds, a tenth of the labels wrong, and a number that depends on both coordinates. */
function makeCsv(): string {
  const random = createRandom(4);
  const lines = ['name,a,b,response,y'];
  for (let i = 0; i < 160; i++) {
    const side = i % 2;
    const a = random.normal() + 1.6 * side;
    const b = random.normal() - side;
    const label = random.uniform() < 0.1 ? 1 - side : side;
    lines.push(
      `r${i},${a.toFixed(4)},${b.toFixed(4)},${(2 * a - b + 0.3 * random.normal()).toFixed(4)},${label === 1 ? 'yes' : 'no'}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

const settings = auditSettingsSchema.parse({ backend: 'float64', experts: ['head'] });
const folder = mkdtempSync(join(tmpdir(), 'assay-verify-'));
const projectFolder = join(folder, 'data.assay');
const jobs: JobSnapshot[] = [];
let thread = '';
let compute: ComputeClient;
let project: OpenProject;

const environment = () => ({
  compute,
  pictures: startPictureThreads(thread),
  encoders: new Encoders({ applicationFolder: '', encoderThread: '' }),
  version: '0',
  reviewer: () => '',
  emit: (event: EngineEvent) => {
    if (event.kind === 'job') jobs.push(event.job);
  },
  onNews: () => undefined,
});

beforeAll(async () => {
  thread = await bundleThread('src/worker/compute/thread/computeThread.ts');
  compute = new ComputeClient({ threadPath: thread });
  const path = join(folder, 'data.csv');
  writeFileSync(path, makeCsv());
  project = await OpenProject.create(projectFolder, await inspectFile(path), environment());
  await project.dataset.reading.whenLoaded();
  const role = { name: 'id', a: 'feature', b: 'feature', response: 'ignore', y: 'label' } as const;
  await project.dataset.setColumns(
    project.dataset.summary().columns.map(({ index, name, type }) => ({
      index,
      type,
      role: role[name as keyof typeof role],
    })),
  );
}, 120_000);

afterAll(async () => {
  await project.close();
  await compute.close();
  rmSync(dirname(thread), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

describe('verification of a project', () => {
  it('is refused before there is an audit', () => {
    expect(() => project.verifications.start({ rows: Int32Array.of(1), repeats: 1, seed: 1 })).toThrow(
      /has not been audited/,
    );
  });

  it('retrains without rows, shows its stages and keeps what it found', async () => {
    await project.audits.start(settings).result;
    const started = project.verifications.start({ rows: Int32Array.of(1, 2, 3, 5, 8, 13), repeats: 4, seed: 3 });
    expect(() => project.verifications.start({ rows: Int32Array.of(1), repeats: 1, seed: 1 })).toThrow(InputError);
    const verification = await started.result;
    expect(verification).toMatchObject({
      id: started.id,
      repeats: 4,
      seed: 3,
      trainRows: project.audits.latest?.train.rows,
    });
    expect(verification.rowCount + verification.otherRows).toBe(6);
    const [loss] = verification.measurements;
    expect(loss.name).toBe('validation_loss');
    expect(loss.before).toBeCloseTo(project.audits.latest?.validation?.loss ?? NaN, 6);
    expect(loss.random).toHaveLength(4);
    expect(Math.abs((loss.predicted.newton ?? NaN) - (loss.actual ?? NaN))).toBeLessThan(
      0.1 * Math.abs(loss.actual ?? NaN),
    );
    const stages = jobs.filter(({ id }) => id === started.id).at(-1)?.stages ?? [];
    expect(stages.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'features done',
      'influence done',
      'verifying done',
      'saving done',
    ]);
    // What the window gets passes its own check.
    engineMethods['verify.result'].result.parse(await project.verifications.find(started.id));
  });

  it('finds the same figures for the same rows, whether the window names a view of them or a command lists them', async () => {
    const ranked = await project.rows.rankTraining();
    const top = [...ranked.subarray(0, 6)];
    const { viewId } = await project.review.open({
      query: {
        queue: 'all',
        threshold: 0,
        filters: [{ kind: 'in', column: 'split', values: ['train'] }],
        search: '',
        sort: [{ column: 'id', descending: true }],
      },
    });
    const except = [...ranked.subarray(6)];
    const rows = project.review.views.expand({ kind: 'view', viewId, except });
    expect([...rows].sort()).toEqual([...top].sort());
    expect([...rows]).not.toEqual(top);
    const question = { repeats: 3, seed: 5 };
    const window = await project.verifications.start({ rows, ...question, chosenBy: 'selected' }).result;
    const command = await project.verifications.start({ rows: Int32Array.from(top), ...question }).result;
    expect(window.chosenBy).toBe('selected');
    expect(command.chosenBy).toBeUndefined();
    window.measurements.forEach(({ name, actual, predicted, random, rank }, at) => {
      const other = command.measurements[at];
      expect([name, rank]).toEqual([other.name, other.rank]);
      expect(actual).toBeCloseTo(other.actual ?? NaN, 9);
      expect(predicted.newton ?? 0).toBeCloseTo(other.predicted.newton ?? 0, 9);
      random.forEach((one, k) => expect(one.actual).toBeCloseTo(other.random[k].actual ?? NaN, 9));
    });
  });

  it('agrees with the retraining that the session does', async () => {
    const rows = Int32Array.of(10, 11, 12, 14);
    const { measurements } = await project.verifications.start({ rows, repeats: 0, seed: 1 }).result;
    await project.effects.removalEffects({ kind: 'rows', rows: [...rows] });
    const { validation } = await compute.ask('retrainWithout', { rows });
    expect(measurements[0].actual).toBeCloseTo(validation?.lossChange ?? NaN, 8);
    expect(measurements[0].randomMean).toBeNull();
  });

  it('still has them after it was closed and opened again, the latest first', async () => {
    const before = await project.verifications.read();
    expect(before).toHaveLength(4);
    expect(before[0].repeats).toBe(0);
    await project.close();
    project = await OpenProject.fromFolder(projectFolder, environment());
    expect(await project.verifications.read()).toEqual(before);
    expect(await project.verifications.find('of another project')).toBeNull();
  });

  it('says so when nothing that was chosen trains, and keeps nothing of a cancelled run', async () => {
    const training = new Set(await project.rows.rankTraining());
    const rows = Int32Array.from({ length: 160 }, (_, row) => row).filter((row) => !training.has(row));
    expect(rows).toHaveLength(32);
    await expect(project.verifications.start({ rows, repeats: 2, seed: 1 }).result).rejects.toThrow(
      /None of the \d+ rows is a labelled training row/,
    );
    const cancelled = project.verifications.start({ rows: Int32Array.of(0, 1, 2, 4), repeats: 900, seed: 1 });
    setTimeout(() => project.jobs.cancel(cancelled.id), 50);
    await expect(cancelled.result).rejects.toThrow(CancelledError);
    expect(await project.verifications.read()).toHaveLength(4);
  });
});

describe('explanation of a project', () => {
  it('finds what a study finds, in names of classes, and keeps it', async () => {
    const training = new Set(await project.rows.rankTraining());
    const rows = Array.from({ length: 160 }, (_, row) => row).filter((row) => !training.has(row));
    const { id, result } = project.explanations.start({ row: rows[3] });
    expect(() => project.explanations.start({ row: 1 })).toThrow(/being explained already/);
    const told = await result;
    engineMethods['explain.list'].result.parse({ explanations: [told] });
    const question = { row: rows[3], count: 100, retrainings: 3 };
    const { answer } = await project.startStudy({
      head: { from: 'audit' },
      kind: 'explain',
      question: () => question,
      seed: 0,
    }).result;
    const classes = project.audits.latest?.head.classes ?? [];
    expect(told).toMatchObject({
      id,
      row: rows[3],
      trained: false,
      predicted: classes[answer.explanation.predicted],
      goal: answer.explanation.goal,
      margin: answer.explanation.margin,
      flip: { flips: true, rows: [...answer.flip.rows], runnerUp: classes[answer.flip.runnerUp] },
      comparison: { others: 31, of: 'validation', size: answer.comparison.size },
    });
    expect(told.supporting.map(({ row }) => row)).toEqual(answer.explanation.rows.slice(0, 10).map(({ row }) => row));
    expect(told.supporting.every(({ rif, retrained }, place) => rif < 0 && (retrained === null) === place >= 3)).toBe(
      true,
    );
    expect(told.probabilities.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
    expect(await project.explanations.read()).toEqual([told]);
  });

  it('takes another class as the right one, and refuses what is not there', async () => {
    const { predicted } = (await project.explanations.read())[0];
    const row = (await project.explanations.read())[0].row ?? -1;
    const [other] = (project.audits.latest?.head.classes ?? []).filter((name) => name !== predicted);
    const told = await project.explanations.start({ row, rightClass: other }).result;
    expect(told).toMatchObject({ goal: 'restore', other });
    // Of two classes what flips it restores the other one: the smaller set of the two counts.
    expect(told.restoring?.length).toBeGreaterThan(0);
    expect(told.restoring?.length).toBeLessThanOrEqual(told.flip.rows.length);
    expect(told.sets.map(({ size }) => size).slice(0, 6)).toEqual([1, 2, 5, 10, 20, 50]);
    await expect(project.explanations.start({ row, rightClass: 'neither' }).result).rejects.toThrow(/not one of this/);
    expect(() => project.explanations.start({ row: 160 })).toThrow(/There is no row 160: rows are 0 to 159/);
    expect(await project.explanations.read()).toHaveLength(2);
  });
});

describe('the evidence on a row', () => {
  it('says where it stands by each score, and which validation rows it pulls', async () => {
    const [row] = await project.rows.rankTraining();
    const evidence = await project.effects.evidence(row);
    engineMethods['review.evidence'].result.parse(evidence);
    const { standings, pulls } = evidence;
    const all = await project.review.rows({ rows: Array.from({ length: 160 }, (_, at) => at) });
    const checks = [
      { column: 'suspicion', of: (one: (typeof all.rows)[number]) => one.suspicion, sign: 1 },
      { column: 'leverage', of: (one: (typeof all.rows)[number]) => one.leverage, sign: 1 },
      // Harm comes first: what is most below 0.
      { column: 'val_loss_rif', of: (one: (typeof all.rows)[number]) => one.valLossRif, sign: -1 },
    ] as const;
    for (const { column, of, sign } of checks) {
      const values = all.rows.flatMap((one) => of(one) ?? []);
      const own = of(evidence.row) ?? Number.NaN;
      expect(standings.find((one) => one.column === column)).toEqual({
        column,
        rank: 1 + values.filter((value) => sign * value > sign * own).length,
        rows: values.length,
        share: values.filter((value) => sign * value < sign * own).length / (values.length - 1),
      });
    }
    expect(pulls).not.toBeNull();
    for (const [rows, sign] of [
      [pulls?.helps ?? [], 1],
      [pulls?.hurts ?? [], -1],
    ] as const) {
      const changes = rows.map(({ change }) => sign * change);
      expect(changes.length).toBeGreaterThan(0);
      expect(changes.every((change, at) => change > 0 && (at === 0 || change <= changes[at - 1]))).toBe(true);
      for (const one of rows) expect(all.rows[one.row].split).toBe('validation');
    }
    const validation = all.rows.filter(({ split }) => split === 'validation');
    expect((pulls?.helpedRows ?? 0) + (pulls?.hurtRows ?? 0)).toBeLessThanOrEqual(validation.length);
    // A row that does not train pulls none.
    expect((await project.effects.evidence(validation[0].row)).pulls).toBeNull();
  });
});

describe('a row that is typed', () => {
  it('is explained as the same row of the data is, and nothing of the project changes', async () => {
    const training = new Set(await project.rows.rankTraining());
    const row = Array.from({ length: 160 }, (_, at) => at).filter((at) => !training.has(at))[5];
    const inData = await project.explanations.start({ row }).result;
    const cells = (await project.effects.evidence(row)).cells;
    const { columns } = project.dataset.summary();
    const texts = new Map(cells.map(({ column, text }) => [column, text]));
    const typed = {
      cells: columns
        .filter(({ role }) => role === 'feature')
        .map(({ index, name }) => ({ column: index, text: texts.get(name) ?? '' })),
    };
    const label = texts.get('y') ?? '';
    const told = await project.explanations.start({ typed: { ...typed, label } }).result;
    engineMethods['explain.list'].result.parse({ explanations: [told] });
    expect(told).toMatchObject({ row: null, trained: false, givenLabel: label, predicted: inData.predicted });
    expect(told.typed).toEqual(typed.cells.map(({ column, text }) => ({ column: columns[column].name, text })));
    expect(told.margin).toBeCloseTo(inData.margin, 10);
    expect(told.supporting.map((one) => one.row)).toEqual(inData.supporting.map((one) => one.row));
    expect(told.flip.rows).toEqual(inData.flip.rows);
    told.probabilities.forEach(({ probability }, at) => {
      expect(probability).toBeCloseTo(inData.probabilities[at].probability, 10);
    });
    for (const { values, margin } of [told, inData]) {
      if (values === null) throw new Error('It was not said what the values add.');
      const sum = values.columns.reduce((all, { adds }) => all + adds, values.base + values.others.adds);
      expect(sum).toBeCloseTo(margin, 10);
      expect(values.columns.map(({ column }) => column).sort()).toEqual(['a', 'b']);
      for (const { column, text } of values.columns) expect(text).toBe(texts.get(column));
    }
    expect(project.dataset.summary().rowCount).toBe(160);
  });

  it('may be a text and a list of numbers, which become vectors as those of the audit did', async () => {
    const path = join(folder, 'texts.csv');
    const kinds = ['the weather is lovely in the garden', 'win a prize and send the money'] as const;
    const lines = Array.from(
      { length: 60 },
      (_, k) =>
        `"${kinds[k % 2]} ${['today', 'at noon', 'this week'][k % 3]} ${k}","[${k % 7}, ${k % 2}, 0.5]",${k % 2}`,
    );
    writeFileSync(path, `text,list,y\n${lines.join('\n')}\n`);
    const texts = await OpenProject.create(join(folder, 'texts.assay'), await inspectFile(path), environment());
    try {
      await texts.dataset.reading.whenLoaded();
      await texts.audits.start(settings).result;
      const { columns } = texts.dataset.summary();
      expect(columns.map(({ type }) => type).slice(0, 2)).toEqual(['text', 'vector']);
      const training = new Set(await texts.rows.rankTraining());
      const row = Array.from({ length: 60 }, (_, at) => at).filter((at) => !training.has(at))[2];
      const { cells } = await texts.effects.evidence(row);
      const typed = { cells: [0, 1].map((column) => ({ column, text: cells[column].text })) };
      const inData = await texts.explanations.start({ row }).result;
      const told = await texts.explanations.start({ typed }).result;
      expect(told.margin / inData.margin).toBeCloseTo(1, 6);
      expect(told.values?.columns.map(({ column }) => column).sort()).toEqual(['list', 'text']);
      const short = { cells: [{ column: 1, text: '[1, 2]' }] };
      await expect(texts.explanations.start({ typed: short }).result).rejects.toThrow(/A list of 3 numbers/);
    } finally {
      await texts.close();
    }
  });

  it('may lack cells and a label, and is refused where it names what is not there', async () => {
    const a = project.dataset.summary().columns.find(({ name }) => name === 'a')?.index ?? -1;
    const told = await project.explanations.start({ typed: { cells: [{ column: a, text: '40' }] } }).result;
    expect(told).toMatchObject({ givenLabel: null, goal: 'flip', typed: [{ column: 'a', text: '40' }] });
    // What is missing is taken as the mean, which adds nothing.
    expect(told.values?.columns[0]?.column).toBe('a');
    expect(told.values?.columns[1]?.adds).toBeCloseTo(0, 12);
    await expect(project.explanations.start({ typed: { cells: [{ column: 77, text: '1' }] } }).result).rejects.toThrow(
      /no column 77/,
    );
    await expect(
      project.explanations.start({ typed: { cells: [{ column: a, text: '1' }], label: 'perhaps' } }).result,
    ).rejects.toThrow(/no class of this audit/);
  });
});

describe('groups of a project', () => {
  it('are compared by a column, with the suspects of each, and kept', async () => {
    const { columns } = project.dataset.summary();
    const label = columns.find(({ name }) => name === 'y')?.index ?? -1;
    const started = project.groups.start({ column: label, retrainings: 1, threshold: 0.5 });
    expect(() => project.groups.start({ column: label, retrainings: 1, threshold: 0.5 })).toThrow(/being compared/);
    const told = await started.result;
    engineMethods['groups.list'].result.parse({ comparisons: [told] });
    const classes = project.audits.latest?.head.classes ?? [];
    expect(told).toMatchObject({ column: 'y', emptyGroups: 0, validationLabels: 'weighted' });
    expect(told.groups.map(({ value }) => value).sort()).toEqual([...classes].sort());
    expect(told.groups.reduce((sum, { rows }) => sum + rows, 0)).toBe(128);
    expect(told.groups.filter(({ loss }) => loss.retrained !== null)).toHaveLength(1);
    const { rows } = await project.review.rows({ rows: told.groups.flatMap(({ suspectRows }) => suspectRows) });
    expect(rows.length).toBeGreaterThan(0);
    for (const { suspicion, split } of rows) {
      expect(suspicion).toBeGreaterThanOrEqual(0.5);
      expect(split).toBe('train');
    }
    for (const { value, suspects, suspectRows, pairs } of told.groups) {
      expect(suspects).toBe(suspectRows.length);
      // Of two classes what is wrong is the other one.
      for (const pair of pairs) expect(pair).toMatchObject({ given: value, rows: suspects });
    }
    expect(await project.groups.read()).toEqual([told]);
  });

  it('are refused for a column that is not there, or of too many values', async () => {
    const many = project.dataset.summary().columns.find(({ name }) => name === 'name')?.index ?? -1;
    expect(() => project.groups.start({ column: 99, retrainings: 0, threshold: 0.5 })).toThrow(/no column 99/);
    // 160 values of 160 rows are not too many; those of a validation file would come after them.
    const told = await project.groups.start({ column: many, retrainings: 0, threshold: 0.5 }).result;
    expect(told.groups).toHaveLength(128);
    expect(told.emptyGroups).toBe(32);
  });
});

describe('study of data', () => {
  const question = { seed: 1, repetitions: 2, shares: [0.02, 0.05], margins: 1 };
  const study = (changes: Partial<AuditSettings>) =>
    project.startStudy({
      head: { from: 'data', settings: { ...settings, ...changes } },
      kind: 'fidelity',
      question: () => question,
      seed: 1,
    }).result;

  it('fits a head to the data as the audit does', async () => {
    const { head, answer } = await study({});
    expect(head).toMatchObject({ kind: 'logistic', features: 2, trainRows: project.audits.latest?.train.rows });
    expect(head.l2).toBe(project.audits.latest?.head.l2);
    expect(answer.rows.length).toBe(4 * 2 * 2 * 4 * 3);
  });

  it('fits a ridge head to a numeric label, for which RIF of one row and the Newton step are exact', async () => {
    await project.dataset.setColumns(
      project.dataset.summary().columns.map(({ index, name, type, role }) => ({
        index,
        type,
        role: name === 'response' ? 'label' : name === 'y' ? 'ignore' : role,
      })),
    );
    const { head, answer } = await study({ head: 'ridge', l2: 1e-3 });
    expect(head).toMatchObject({ kind: 'ridge', trainRows: 128, validationRows: 32 });
    expect(answer.overall.newton.validation_loss?.medianRelativeError).toBeLessThan(1e-6);
    expect(answer.overall.newton.validation_accuracy).toBeUndefined();
  });

  it('names the first cell that is no number', async () => {
    await project.dataset.setColumns(
      project.dataset.summary().columns.map(({ index, name, type, role }) => ({
        index,
        type,
        role: name === 'y' ? 'label' : name === 'response' ? 'ignore' : role,
      })),
    );
    await expect(study({ head: 'ridge' })).rejects.toThrow(/row 0 of column "y" says "(yes|no)"/);
  });
});
