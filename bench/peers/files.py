"""The arrays of a workload."""

import os

import numpy as np


def read(data, name, dtype, rows=None):
    """An array of the workload in the given type; `rows`: only its first ones, without reading the rest."""
    array = np.load(os.path.join(data, f"{name}.npy"), mmap_mode=None if rows is None else "r")
    return np.array(array[:rows], dtype=dtype, order="C")
