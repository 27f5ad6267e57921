"""Tables with numeric labels that come with packages, as CSV files; and cleanlab's ranking of the planted errors in them.

python numericTables.py SPECIFICATION FOLDER makes the files, as makeData.py makes other data.
"""

import importlib.util
import json
import os
import sys
import warnings

import numpy as np
import pandas as pd

# Of ISLP, which need not be imported to be read: the label, and columns that tell it or name the row.
ISLP = {
    "auto": ("Auto", "mpg", ["name"]),
    "bikeshare": ("Bikeshare", "bikers", ["casual", "registered"]),
    "boston": ("Boston", "medv", []),
    "carseats": ("Carseats", "Sales", []),
    "college": ("College", "Apps", []),
    "graduates": ("College", "Grad.Rate", []),
    "hitters": ("Hitters", "Salary", []),
    "wage": ("Wage", "wage", ["logwage"]),
}


def make_tables(spec, folder):
    """NAME.csv for each name: features a1, a2, … and the label, a number.

    At most `rows` rows of each, drawn without replacement, in an order of their own.
    """
    for number, name in enumerate(spec["tables"].split(",")):
        features, labels = read_table(name)
        drawn = np.random.default_rng([spec["seed"], number]).permutation(len(labels))[: spec["rows"]]
        table = pd.DataFrame(features).iloc[drawn]
        table.columns = [f"a{at + 1}" for at in range(table.shape[1])]
        table["label"] = labels[drawn]
        table.to_csv(os.path.join(folder, f"{name}.csv"), index=False)


def read_table(name):
    """Features and labels; rows that lack a cell are left out."""
    import sklearn.datasets

    if name == "friedman1":
        return sklearn.datasets.make_friedman1(1000, noise=1.0, random_state=0)
    if name == "friedman3":
        return sklearn.datasets.make_friedman3(1000, noise=0.1, random_state=0)
    if name == "diabetes":
        return sklearn.datasets.load_diabetes(return_X_y=True)
    if name in ("wine", "breast_cancer"):
        # A column is the label, and the class a feature.
        x, y = getattr(sklearn.datasets, f"load_{name}")(return_X_y=True)
        label = {"wine": 0, "breast_cancer": 24}[name]
        return np.column_stack([np.delete(x, label, 1), y]), x[:, label]
    [package] = importlib.util.find_spec("ISLP").submodule_search_locations
    file, label, others = ISLP[name]
    table = pd.read_csv(os.path.join(package, "data", f"{file}.csv"), na_values=["?"]).dropna()
    table = table.drop(columns=[*others, *(c for c in table.columns if c.startswith("Unnamed"))])
    return table.drop(columns=[label]), table[label].to_numpy(float)


class CleanlabNumbers:
    """Of each file cleanlab's label quality: `regression` as its CleanLearning finds it with its default model, linear
    regression; `regression-forest` by its score of 5-fold predictions of a random forest.

    Text becomes one column a category; numbers are standardised, as for Assay. Reading the files is not timed.
    """

    def __init__(self, data, settings, way):
        self.way, self.folds = way, settings["folds"]
        self.files = {name: read_file(data, name) for name in settings["files"].split(",")}

    def run(self):
        self.scores = {}
        judge = {"regression": judge_by_cleaning, "regression-forest": self.judge_by_forest}[self.way]
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for name, (x, y) in self.files.items():
                self.scores[name] = -judge(x, y)
        return {"warnings": sorted({str(w.message) for w in caught})}

    def judge_by_forest(self, x, y):
        from cleanlab.regression.rank import get_label_quality_scores
        from sklearn.ensemble import RandomForestRegressor
        from sklearn.model_selection import KFold, cross_val_predict

        model = RandomForestRegressor(n_estimators=300, n_jobs=int(os.environ["OMP_NUM_THREADS"]), random_state=0)
        folds = KFold(self.folds, shuffle=True, random_state=0)
        return get_label_quality_scores(y, cross_val_predict(model, x, y, cv=folds))

    def outputs(self):
        """A score a row of each file: larger = more suspicious."""
        return self.scores


def judge_by_cleaning(x, y):
    from cleanlab.regression.learn import CleanLearning

    return CleanLearning(seed=0).find_label_issues(x, y)["label_quality"].to_numpy()


def read_file(data, name):
    table = pd.read_csv(os.path.join(data, f"{name}.csv"))
    labels = table.pop("label").to_numpy(float)
    features = pd.get_dummies(table).to_numpy(float)
    deviations = features.std(0)
    return (features - features.mean(0)) / np.where(deviations > 0, deviations, 1), labels


if __name__ == "__main__":
    make_tables(json.loads(sys.argv[1]), sys.argv[2])
