"""cleanlab's consensus of several annotators, from 5-fold cross-validated probabilities of one classifier."""

import os
import warnings

import numpy as np
import pandas as pd
from tables import make_model


class CleanlabAnnotators:
    """As cleanlab's tutorial has it: majority vote, cross-validated probabilities of it, then CROWDLAB.

    Text becomes one column a category; numbers are standardised, as for Assay. Reading the files is not timed.
    """

    def __init__(self, data, settings, classifier):
        self.classifier, self.folds = classifier, settings["folds"]
        self.files = {name: read_file(data, name) for name in settings["files"].split(",")}

    def run(self):
        from cleanlab.multiannotator import get_label_quality_multiannotator, get_majority_vote_label
        from sklearn.model_selection import StratifiedKFold, cross_val_predict

        self.found = {}
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for name, (x, labels) in self.files.items():
                majority = get_majority_vote_label(labels, verbose=False)
                fewest = min(np.unique(majority, return_counts=True)[1])
                folds = StratifiedKFold(max(2, min(self.folds, fewest)), shuffle=True, random_state=0)
                p = np.full((len(x), int(np.nanmax(labels.to_numpy())) + 1), 1e-6)
                model = make_model(self.classifier)
                p[:, np.unique(majority)] = cross_val_predict(model, x, majority, cv=folds, method="predict_proba")
                p /= p.sum(1, keepdims=True)
                answer = get_label_quality_multiannotator(labels, p, verbose=False)
                quality = answer["annotator_stats"]["annotator_quality"].sort_index()
                self.found[f"consensus-{name}"] = answer["label_quality"]["consensus_label"].to_numpy(float)
                self.found[f"quality-{name}"] = quality.to_numpy(float)
                self.found[f"probabilities-{name}"] = p.ravel()
        return {"warnings": sorted({str(w.message) for w in caught})}

    def outputs(self):
        """Of each file the class of every row, the quality of every annotator, and the probabilities, row by row."""
        return self.found


def read_file(data, name):
    table = pd.read_csv(os.path.join(data, f"{name}.csv"))
    names = [column for column in table.columns if column.startswith("label_")]
    labels = table[names].apply(lambda column: column.str.removeprefix("c").astype(float))
    labels.columns = range(len(names))
    features = pd.get_dummies(table.drop(columns=names)).to_numpy(float)
    deviations = features.std(0)
    return (features - features.mean(0)) / np.where(deviations > 0, deviations, 1), labels
