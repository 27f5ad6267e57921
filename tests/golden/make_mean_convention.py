"""Writes data/breast_cancer.mean.json: IF and RIF in the `mean` ridge convention of the RIF authors' released code.

    python make_mean_convention.py FOLDER_OF_REFERENCE

FOLDER_OF_REFERENCE holds reference.py (NumPy/SciPy, float64), whose Binary.IF and Binary.RIF with reg="mean" compute what the
released code does: H^-1 (g_i + lam w), and that divided by 1 - h_i.
"""
import json
import os
import sys

import numpy as np

sys.path.insert(0, sys.argv[1])
from reference import Binary  # noqa: E402

data = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'data')
table = np.loadtxt(os.path.join(data, 'breast_cancer.train.csv'), delimiter=',', skiprows=1)
with open(os.path.join(data, 'breast_cancer.json')) as file:
    golden = json.load(file)

model = Binary(table[:, :-1], table[:, -1], golden['lam']).fit(tol=1e-12)
rows = golden['param_rows']['rows']
by_if, by_rif = model.IF('mean'), model.RIF('mean')
sets = [golden['groups'][at]['rows'] for at in (1, 10, 19)]
numbers = {
    'lam': golden['lam'],
    'weights': model.w.tolist(),
    'rows': [{'row': row, 'IF': by_if[row].tolist(), 'RIF': by_rif[row].tolist()} for row in rows],
    'sets': [
        {
            'rows': removed,
            'IF': model.group_IF(removed, 'mean').tolist(),
            'RIF': model.group_RIF(removed, 'mean').tolist(),
            'retrained': (model.retrain_without(removed, 'mean').w - model.w).tolist(),
        }
        for removed in sets
    ],
    # All rows at once, in three figures each: the root mean square of the vectors' entries, their sum, and the largest.
    'all': {
        name: {'rms': float(np.sqrt((v**2).mean())), 'sum': float(v.sum()), 'largest': float(np.abs(v).max())}
        for name, v in (('IF', by_if), ('RIF', by_rif))
    },
}
with open(os.path.join(data, 'breast_cancer.mean.json'), 'w') as file:
    json.dump(numbers, file)
    file.write('\n')
