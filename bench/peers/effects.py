"""Effects of removing each row on validation logits, in NumPy and SciPy, in float64 or float32."""

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit

from files import read
from newton import hessian


class Effects:
    """H, its Cholesky factor, H^-1 x_i for every row, leverages, and the two n x m matrices of effects.

    The straightforward way: all rows at once, one scaled copy of X and one n x d array of H^-1 x_i. The product with the validation rows
    is computed once for IF and RIF.
    """

    def __init__(self, data, settings, dtype):
        self.x = read(data, "features", dtype)
        self.y = read(data, "labels", dtype)
        self.validation = read(data, "validation", dtype)
        self.theta = read(data, "theta", dtype)
        self.ridge = dtype(len(self.x) * settings["l2"])

    def run(self):
        p = expit(self.x @ self.theta)
        a = p * (1 - p)
        r = p - self.y
        factor = cho_factor(hessian(self.x, a, self.ridge), lower=True)
        solved = cho_solve(factor, self.x.T).T
        self.leverage = a * np.einsum("ij,ij->i", self.x, solved)
        products = solved @ self.validation.T
        self.by_if = r[:, None] * products
        self.by_rif = (r / (1 - self.leverage))[:, None] * products
        return {}

    def outputs(self):
        return {"if": self.by_if, "rif": self.by_rif, "leverage": self.leverage}
