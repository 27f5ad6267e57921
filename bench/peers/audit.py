"""What an audit computes for each training row of a binary head, in NumPy float64 with everything in memory."""

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit

from files import read
from newton import fit_binary, hessian


class NumpyAudit:
    """Fit, leverage, self-influence and effect on the mean validation loss by IF and RIF. Loading the rows is not timed."""

    def __init__(self, data, settings):
        rows = settings["rows"]
        x = read(data, "features", np.float64, rows)
        y = read(data, "labels", np.float64, rows)
        held_out = np.arange(rows) % settings["validationEvery"] == 0
        self.train = np.flatnonzero(~held_out)
        self.validation, self.validation_labels = x[held_out], y[held_out]
        self.x, self.y = x[self.train], y[self.train]
        self.rows = rows
        self.ridge = len(self.x) * settings["l2"]

    def run(self):
        x = self.x
        self.theta, steps = fit_binary(x, self.y, self.ridge, 1e-10)
        p = expit(x @ self.theta)
        a = p * (1 - p)
        r = p - self.y
        factor = cho_factor(hessian(x, a, self.ridge), lower=True)
        solved = cho_solve(factor, x.T).T
        q = np.einsum("ij,ij->i", x, solved)
        self.leverage = a * q
        self.self_if = r**2 * q
        self.self_rif = self.self_if / (1 - self.leverage)
        residuals = expit(self.validation @ self.theta) - self.validation_labels
        self.val_loss_if = r * (solved @ (self.validation.T @ residuals / len(residuals)))
        self.val_loss_rif = self.val_loss_if / (1 - self.leverage)
        return {"newton_steps": steps}

    def outputs(self):
        found = {"theta": self.theta}
        for name, values in (
            ("leverage", self.leverage),
            ("selfIf", self.self_if),
            ("selfRif", self.self_rif),
            ("valLossIf", self.val_loss_if),
            ("valLossRif", self.val_loss_rif),
        ):
            found[name] = np.full(self.rows, np.nan)
            found[name][self.train] = values
        return found
