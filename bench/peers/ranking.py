"""Label errors by cross-validated probabilities and cleanlab's scores, and an independent check of leave-one-out probabilities."""

import warnings

import numpy as np
from scipy.special import softmax

from files import read


class CleanlabRanking:
    """scikit-learn's cross_val_predict with LogisticRegression as it comes (lbfgs), then every per-row score that cleanlab has.

    The constant last column is left out: LogisticRegression has an intercept of its own, which it does not penalise. C = 1/(n lambda)
    with the n of a fold's training rows.
    """

    def __init__(self, data, settings):
        self.x = read(data, "features", float)
        self.y = read(data, "labels", int)
        self.checked = read(data, "checkedRows", int)
        self.l2, self.folds = settings["l2"], settings["folds"]

    def run(self):
        from cleanlab.rank import get_label_quality_scores
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import cross_val_predict

        trained = len(self.x) * (1 - 1 / self.folds)
        model = LogisticRegression(C=1 / (trained * self.l2))
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            p = cross_val_predict(model, self.x[:, :-1], self.y, cv=self.folds, method="predict_proba")
        self.scores = {}
        for method in ("self_confidence", "normalized_margin", "confidence_weighted_entropy"):
            for adjust in (False, True):
                if adjust and method == "confidence_weighted_entropy":
                    continue
                name = method + ("_adjusted" if adjust else "")
                self.scores[name] = get_label_quality_scores(self.y, p, method=method, adjust_pred_probs=adjust)
        return {"scores": list(self.scores), "warnings": sorted({str(w.message) for w in caught})}

    def outputs(self):
        """Scores with their sign turned: larger = more suspicious."""
        found = {f"suspicion_{name}": -score for name, score in self.scores.items()}
        found["checkedLooProbability"] = leave_one_out(self.x, self.y, self.l2, self.checked)
        return found


def leave_one_out(x, y, l2, rows):
    """Probability of the given label of each of `rows` under theta + (H - H_i)^-1 g_i, without any factorisation.

    theta by Newton steps whose systems are solved by conjugate gradients to 1e-10; the last column is not penalised.
    """
    n, d = x.shape
    classes = y.max() + 1
    ridge = np.full(d, n * l2)
    ridge[-1] = 0
    given = np.eye(classes)[y]

    def gradient(w):
        return (softmax(x @ w.T, axis=1) - given).T @ x + ridge * w

    def curvature(p, weights):
        def product(v):
            z = x @ v.T
            s = p * z
            s -= p * s.sum(1, keepdims=True)
            s *= weights[:, None]
            return s.T @ x + ridge * v

        return product

    w = np.zeros((classes, d))
    first = np.linalg.norm(gradient(w))
    ones = np.ones(n)
    for _ in range(50):
        g = gradient(w)
        if np.linalg.norm(g) <= 1e-11 * first:
            break
        step = conjugate_gradients(curvature(softmax(x @ w.T, axis=1), ones), g, 1e-6)
        t = 1.0
        while np.linalg.norm(gradient(w - t * step)) > np.linalg.norm(g) and t > 1e-6:
            t *= 0.5
        w = w - t * step
    p = softmax(x @ w.T, axis=1)
    found = []
    for row in rows:
        without = ones.copy()
        without[row] = 0
        g = np.outer(p[row] - given[row], x[row])
        change = conjugate_gradients(curvature(p, without), g, 1e-10)
        found.append(softmax((w + change) @ x[row])[y[row]])
    return np.array(found)


def conjugate_gradients(product, b, tolerance, max_steps=2000):
    solution = np.zeros_like(b)
    residual = b.copy()
    direction = b.copy()
    size = np.vdot(residual, residual)
    target = tolerance**2 * size
    for _ in range(max_steps):
        if size <= target:
            break
        h = product(direction)
        step = size / np.vdot(direction, h)
        solution += step * direction
        residual -= step * h
        before, size = size, np.vdot(residual, residual)
        direction = residual + (size / before) * direction
    return solution
