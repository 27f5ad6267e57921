"""Binary logistic regression in NumPy: L(w) = sum_i log(1 + exp(z_i)) - y_i z_i + ridge/2 ||w||^2, z = Xw."""

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit


def objective(x, y, ridge, w):
    z = x @ w
    return (np.logaddexp(0, z) - y * z).sum() + 0.5 * ridge * (w @ w)


def gradient(x, y, ridge, w):
    return x.T @ (expit(x @ w) - y) + ridge * w


def hessian(x, a, ridge):
    """X' diag(a) X + ridge I; n d^2 multiply-adds in one symmetric product of a scaled copy of X."""
    scaled = x * np.sqrt(a)[:, None]
    h = scaled.T @ scaled
    h[np.diag_indices_from(h)] += ridge
    return h


def fit_binary(x, y, ridge, tolerance, max_steps=100):
    """Damped Newton from zero until ||gradient|| <= tolerance * max(1, ||gradient at 0||), or float64 goes no further.

    Returns (w, number of steps).
    """
    w = np.zeros(x.shape[1])
    f, g = objective(x, y, ridge, w), gradient(x, y, ridge, w)
    target = tolerance * max(1.0, np.linalg.norm(g))
    steps = 0
    while np.linalg.norm(g) > target and steps < max_steps:
        p = expit(x @ w)
        step = cho_solve(cho_factor(hessian(x, p * (1 - p), ridge), lower=True), g)
        slope, t = g @ step, 1.0
        while True:
            moved = w - t * step
            f_moved, g_moved = objective(x, y, ridge, moved), gradient(x, y, ridge, moved)
            close = slope < 1e-9 * (1 + abs(f))
            if f_moved <= f - 1e-4 * t * slope or (close and np.linalg.norm(g_moved) < np.linalg.norm(g)):
                break
            t *= 0.5
            if t < 1e-10:
                return w, steps
        w, f, g = moved, f_moved, g_moved
        steps += 1
    return w, steps
