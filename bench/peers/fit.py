"""A binary head from zero: damped Newton in NumPy, and scikit-learn's lbfgs."""

import warnings

from files import read
from newton import fit_binary


class NumpyFit:
    def __init__(self, data, settings, dtype):
        self.x = read(data, "features", dtype)
        self.y = read(data, "labels", dtype)
        self.ridge = len(self.x) * settings["l2"]
        self.tolerance = settings["tolerance"]

    def run(self):
        self.theta, steps = fit_binary(self.x, self.y, self.ridge, self.tolerance)
        return {"newton_steps": steps}

    def outputs(self):
        return {"theta": self.theta}


class ScikitFit:
    """LogisticRegression with lbfgs. Its C is 1/(n lambda); the constant column stands for the intercept and is penalised."""

    def __init__(self, data, settings):
        self.x = read(data, "features", float)
        self.y = read(data, "labels", int)
        self.c = 1 / (len(self.x) * settings["l2"])
        self.tolerance = settings["tolerance"]

    def run(self):
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression(C=self.c, fit_intercept=False, tol=self.tolerance, max_iter=100_000)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            model.fit(self.x, self.y)
        self.theta = model.coef_[0]
        return {"iterations": int(model.n_iter_[0]), "warnings": sorted({str(w.message) for w in caught})}

    def outputs(self):
        return {"theta": self.theta}
