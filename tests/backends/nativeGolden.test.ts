import { describe } from 'vitest';
import { createNativeLinearAlgebra } from '../../src/worker/compute/native/nativeLinearAlgebra';
import { goldenSuite } from '../golden/goldenSuite';
import { nativeSkipReason } from './installedTensorflow';

const reason = nativeSkipReason();

describe.skipIf(reason !== undefined)(`native golden${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  goldenSuite(() => createNativeLinearAlgebra(), { relative: 1e-6 });
});
