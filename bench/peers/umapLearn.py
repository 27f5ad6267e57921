"""Rows among their neighbours by umap-learn as it comes, for `map-…`."""

import numpy as np

from files import read


class UmapLearn:
    """All defaults but the number of neighbours, which is said: its random numbers are free, so that it may use all threads.

    What numba compiles is compiled before anything is timed.
    """

    def __init__(self, data, settings):
        self.x = read(data, "features", np.float32)[:, :-1]
        self.neighbours = settings["neighbours"]
        # More than 4,096 rows: below that the neighbours are found in another way.
        self.fit(self.x[:5_000])

    def fit(self, x):
        import umap

        return umap.UMAP(n_neighbors=self.neighbours).fit_transform(x)

    def run(self):
        self.places = self.fit(self.x)
        return {}

    def outputs(self):
        return {"places": self.places.astype(np.float64)}
