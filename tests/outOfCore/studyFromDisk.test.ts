import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditSettings } from '../../src/contract/audit';
import { auditSettingsSchema } from '../../src/contract/audit';
import { createRandom } from '../../src/core/base/random';
import type { InfluenceQuestion } from '../../src/core/study/influenceQuestion';
import type { FeatureSource } from '../../src/worker/compute/featureSource';
import { ComputeClient } from '../../src/worker/compute/thread/computeClient';
import { Encoders } from '../../src/worker/encoders/encoders';
import { startPictureThreads } from '../../src/worker/pictures/thread/startPictureThreads';
import { inspectFile } from '../../src/worker/project/dataFile';
import { OpenProject } from '../../src/worker/project/openProject';
import { bundleThread } from '../backends/bundleThread';

const place = mkdtempSync(join(tmpdir(), 'assay-study-disk-'));
let thread = '';
let compute: ComputeClient;

beforeAll(async () => {
  thread = await bundleThread('src/worker/compute/thread/computeThread.ts');
  compute = new ComputeClient({ threadPath: thread });
  writeData('data.csv', 700, 3);
  writeData('validation.csv', 150, 4);
});
afterAll(async () => {
  await compute.close();
  rmSync(place, { recursive: true, force: true });
  if (existsSync(thread)) await rm(dirname(thread), { recursive: true });
});

function writeData(name: string, n: number, seed: number): void {
  const random = createRandom(seed);
  const lines = Array.from({ length: n }, (_, i) => {
    const values = Array.from({ length: 5 }, () => random.normal());
    const score = values[0] - values[1] + 0.5 * random.normal();
    const response = i % 40 === 0 ? '' : score.toFixed(4);
    const kind = ['red', 'green', 'blue'][random.integer(3)];
    return [...values.map((value) => value.toFixed(5)), kind, response, score > 0 ? 'yes' : 'no'].join(',');
  });
  writeFileSync(join(place, name), `a,b,c,d,e,colour,response,label\n${lines.join('\n')}\n`);
}

interface Studied {
  readonly features: FeatureSource;
  readonly numbers: string[];
  readonly left: string[];
}

async function study(
  head: AuditSettings['head'],
  label: string,
  matrixBytes: number,
  validationFile: boolean,
): Promise<Studied> {
  const folder = join(place, `${head}-${matrixBytes}-${String(validationFile)}.assay`);
  const file = join(place, 'data.csv');
  const project = await OpenProject.create(folder, await inspectFile(file), {
    compute,
    pictures: startPictureThreads('none'),
    encoders: new Encoders({ applicationFolder: '', encoderThread: '' }),
    version: '0',
    reviewer: () => '',
    emit: () => undefined,
    onNews: () => undefined,
    matrixBytes,
  });
  try {
    await project.dataset.reading.whenLoaded();
    await project.dataset.setColumns(
      project.dataset.summary().columns.map(({ index, name, type, role }) => {
        const other = name === 'label' || name === 'response' ? ('ignore' as const) : role;
        return { index, type, role: name === label ? ('label' as const) : other };
      }),
    );
    if (validationFile) await project.dataset.addValidationFile(join(place, 'validation.csv'));
    let features: FeatureSource | undefined;
    const question: InfluenceQuestion = {
      measurements: [{ kind: 'meanLoss', rows: 'validation' }],
      methods: ['if', 'rif'],
      attributions: ['loo', 'self'],
      evaluated: false,
      seed: 1,
    };
    const { answer, head: studied } = await project.startStudy({
      head: { from: 'data', settings: { ...auditSettingsSchema.parse({ l2: 'auto' }), head } },
      kind: 'influence',
      question: ({ input, rows }) => {
        features = input.features;
        expect([rows, input.labels.length]).toEqual([700, validationFile ? 850 : 700]);
        return question;
      },
      seed: 1,
    }).result;
    if (features === undefined) throw new Error('nothing was asked');
    const bytesOf = ({ buffer, byteOffset, byteLength }: Float64Array | Int32Array): string =>
      Buffer.from(buffer, byteOffset, byteLength).toString('base64');
    return {
      features,
      numbers: [
        JSON.stringify(studied),
        bytesOf(answer.rows),
        ...answer.columns.map(({ name, values }) => `${name} ${bytesOf(values)}`),
      ],
      left: readdirSync(join(folder, 'arrays')),
    };
  } finally {
    await project.close();
  }
}

describe('a study with features on disk', () => {
  it.each([
    ['ridge', 'response', false],
    ['ridge', 'response', true],
    ['logistic', 'label', true],
  ] as const)('is the study in memory, to the last bit (%s, %s, validation file: %s)', async (head, label, second) => {
    const inMemory = await study(head, label, 2 ** 30, second);
    const onDisk = await study(head, label, 0, second);
    expect(inMemory.features).toMatchObject({ data: expect.any(Float64Array) });
    expect(onDisk.features).toMatchObject({ kind: 'npy', rows: second ? 850 : 700 });
    expect(onDisk.numbers).toEqual(inMemory.numbers);
    // Nothing of it stays in the project.
    expect([...inMemory.left, ...onDisk.left]).toEqual([]);
  });
});
