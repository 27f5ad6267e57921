"""Pictures and texts with planted faults for `issues-pictures` and `issues-texts`; and what CleanVision and Datalab find in them.

python issues.py SPECIFICATION FOLDER makes SET.csv (of pictures with the folder SET beside it) and, for each fault, planted-SET-FAULT.npy,
1 for a row that has it. Copies: of each pair both rows, `copies` all of them, `copies-HOW` those made so.
"""

import importlib.util
import io
import json
import os
import re
import sys
import warnings

import numpy as np
import pandas as pd
from PIL import Image, ImageFilter

from pictures import read_package
from texts import make_mails

FOREIGN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "foreignTexts.json")
# Colour photographs that are sharp and lit throughout, in scikit-learn and scikit-image.
PHOTOGRAPHS = ["sklearn/datasets/images/china.jpg"] + [
    f"skimage/data/{name}.png" for name in ("astronaut", "chelsea", "coffee", "motorcycle_left", "ihc")
]
TILE = 80


def make_issues(spec, folder):
    rng = np.random.default_rng(spec["seed"])
    for name in spec["sets"].split(","):
        if name == "mails":
            planted = plant_in_texts(mails(spec, folder), folder, rng)
        else:
            pictures, labels = clothes(spec) if name == "clothes" else photographs()
            planted = plant_in_pictures(name, pictures, labels, folder, rng)
        for fault, rows in planted.items():
            np.save(os.path.join(folder, f"planted-{name}-{fault}.npy"), rows)


def clothes(spec):
    """1,000 drawn from the training set: not those that the limits were set on."""
    images, labels = read_package("train")
    drawn = np.random.default_rng(spec["seed"]).permutation(len(images))[:1000]
    return [Image.fromarray(images[row]) for row in drawn], labels[drawn]


def photographs():
    """Tiles of photographs, as they are and of half the size; the photograph is the label."""
    tiles, labels = [], []
    for label, path in enumerate(PHOTOGRAPHS):
        package, rest = path.split("/", 1)
        [place] = importlib.util.find_spec(package).submodule_search_locations
        whole = Image.open(os.path.join(place, rest)).convert("RGB")
        for picture in (whole, whole.resize((whole.width // 2, whole.height // 2), Image.Resampling.BICUBIC)):
            for top in range(0, picture.height - TILE + 1, TILE):
                for left in range(0, picture.width - TILE + 1, TILE):
                    tiles.append(picture.crop((left, top, left + TILE, top + TILE)))
                    labels.append(label)
    return tiles, np.array(labels)


def count_of_each(items):
    """Planted of each kind: 3 %, and no more than there are texts of other languages."""
    return min(20, round(0.03 * len(items)))


def plant_in_pictures(name, pictures, labels, folder, rng):
    """Faults in place of pictures, as bad as drawn; copies as further files."""
    each = count_of_each(pictures)

    def levels(change):
        return lambda picture: Image.fromarray(np.clip(change(np.asarray(picture, np.float64)), 0, 255).astype(np.uint8))

    def dark(picture):
        return levels(lambda v: v * rng.uniform(0.08, 0.3))(picture)

    def bright(picture):
        return levels(lambda v: 255 - rng.uniform(0.01, 0.05) * (255 - v))(picture)

    def blurred(picture):
        return picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.04, 0.08) * picture.width))

    def plain(picture):
        """One colour, or two fields of it."""
        pixels = np.broadcast_to(rng.integers(60, 200, np.asarray(picture).shape[2:]), np.asarray(picture).shape).astype(np.uint8)
        if rng.random() < 0.5:
            turned = pixels.copy() if rng.random() < 0.5 else pixels.swapaxes(0, 1).copy()
            turned[: rng.integers(4, picture.height - 4)] += 40
            pixels = turned
        return Image.fromarray(pixels)

    def odd_size(picture):
        """A third of the size, or nine of it side by side: made larger it would be blurred."""
        if rng.random() < 0.5:
            return picture.resize((round(picture.width / 3), round(picture.height / 3)), Image.Resampling.BICUBIC)
        pixels = np.asarray(picture)
        return Image.fromarray(np.tile(pixels, (3, 3) + (1,) * (pixels.ndim - 2)))

    def odd_shape(picture):
        third = picture.width // 3
        return picture.crop((0, third, picture.width, 2 * third) if rng.random() < 0.5 else (third, 0, 2 * third, picture.height))

    faults = {"dark": dark, "bright": bright, "blurred": blurred, "low-information": plain, "odd-size": odd_size, "odd-shape": odd_shape}
    if name == "photographs":
        faults["grey"] = lambda picture: picture.convert("L").convert(rng.choice(["L", "RGB"]))

    def cropped(picture):
        edge = max(1, round(0.03 * picture.width))
        return picture.crop((edge, edge, picture.width - edge, picture.height - edge))

    larger = lambda picture: picture.resize((round(1.5 * picture.width),) * 2, Image.Resampling.BICUBIC)
    copies = {
        "same": (lambda picture: picture, "png", {}),
        "format": (lambda picture: picture, "bmp", {}),
        "jpeg": (lambda picture: picture, "jpg", {"quality": 60}),
        "larger": (larger, "png", {}),
        "lighter": (levels(lambda v: 1.15 * v + 8), "png", {}),
        "cropped": (cropped, "png", {}),
    }
    count = len(pictures) + len(copies) * each
    planted = {fault: np.zeros(count, np.uint8) for fault in [*faults, "unreadable", "copies", *(f"copies-{how}" for how in copies)]}
    files = [encoded(picture, "png") for picture in pictures]
    names = [f"{name}/{row:05d}.png" for row in range(len(pictures))]
    drawn = iter(rng.permutation(len(pictures)))
    for fault, change in faults.items():
        for row in take(drawn, each):
            files[row] = encoded(change(pictures[row]), "png")
            planted[fault][row] = 1
    for row in take(drawn, each):
        files[row] = files[row][: len(files[row]) // 2]
        planted["unreadable"][row] = 1
    labels = list(labels)
    for how, (change, kind, options) in copies.items():
        for row in take(drawn, each):
            for place in (row, len(files)):
                planted["copies"][place] = planted[f"copies-{how}"][place] = 1
            names.append(f"{name}/{len(files):05d}.{kind}")
            files.append(encoded(change(pictures[row]), kind, **options))
            labels.append(labels[row])
    os.mkdir(os.path.join(folder, name))
    for path, content in zip(names, files):
        with open(os.path.join(folder, path), "wb") as file:
            file.write(content)
    table = pd.DataFrame({"picture": names, "label": [f"c{label}" for label in labels]})
    table.to_csv(os.path.join(folder, f"{name}.csv"), index=False)
    return planted


def encoded(picture, kind, **options):
    out = io.BytesIO()
    picture.save(out, {"jpg": "jpeg"}.get(kind, kind), **options)
    return out.getvalue()


def take(drawn, count):
    return [next(drawn) for _ in range(count)]


def mails(spec, folder):
    """Mails no two of which share half of their pairs of words."""
    make_mails(spec, folder)
    table = pd.read_csv(os.path.join(folder, "mails.csv"), keep_default_na=False)
    pairs = [word_pairs(text) for text in table["subject"] + " " + table["body"]]
    kept = []
    for row, own in enumerate(pairs):
        if len(own) >= 20 and all(len(own & pairs[other]) < 0.5 * len(own | pairs[other]) for other in kept):
            kept.append(row)
    return table.iloc[kept[: spec["kept"]]].reset_index(drop=True)


def word_pairs(text):
    words = re.findall(r"\w+", text.lower())
    return set(zip(words, words[1:]))


def plant_in_texts(table, folder, rng):
    each = count_of_each(table)
    with open(FOREIGN, encoding="utf-8") as file:
        foreign = {kind: iter(texts) for kind, texts in json.load(file).items()}

    def as_page(body):
        lines = [line for line in body.splitlines() if line.strip()]
        return "<html><body>" + "".join(f'<p class="text">{line}</p><br />&nbsp;' for line in lines) + "</body></html>"

    def misread(body):
        return re.sub("['\"]", "\u2019", body.replace(" - ", " \u2013 ").replace("e", "\u00e9")).encode().decode("cp1252", "replace")

    blanks = ["", "…", "---", " . . . ", "\u00a0", "?!"]
    faults = {
        "empty": lambda row: ("", blanks[rng.integers(len(blanks))]),
        "language": lambda row: ("", next(foreign["language"])),
        "script": lambda row: ("", next(foreign["script"])),
        "markup": lambda row: (table["subject"][row], (as_page if rng.random() < 0.5 else misread)(table["body"][row])),
        "odd-length": lambda row: (table["subject"][row], "\n".join(table["body"][rng.integers(len(table), size=60)])),
    }

    def words_changed(text):
        """One word in twenty by another of the same text."""
        words = text.split(" ")
        for at in rng.permutation(len(words))[: max(1, len(words) // 20)]:
            words[at] = words[rng.integers(len(words))]
        return " ".join(words)

    copies = {
        "same": lambda text: text,
        "case": lambda text: f" {text.upper()}".replace(" ", "  "),
        "words": words_changed,
        "longer": lambda text: f"{text}\nThis message was checked for viruses and is meant for the person it is addressed to alone.",
        "cut": lambda text: text[: round(0.85 * len(text))],
    }
    count = len(table) + len(copies) * each
    planted = {fault: np.zeros(count, np.uint8) for fault in [*faults, "copies", *(f"copies-{how}" for how in copies)]}
    rows = table.to_dict("records")
    # Its copy of 15 % more has to be one.
    long = table["body"].str.len().to_numpy() > 400
    order = rng.permutation(len(table))
    drawn = iter([*order[long[order]], *order[~long[order]]])
    for how, change in copies.items():
        for row in take(drawn, each):
            for place in (row, len(rows)):
                planted["copies"][place] = planted[f"copies-{how}"][place] = 1
            rows.append({**rows[row], "body": change(rows[row]["body"])})
    for fault, change in faults.items():
        for row in take(drawn, each):
            subject, body = change(row)
            rows[row] = {**rows[row], "subject": subject, "body": body}
            planted[fault][row] = 1
    pd.DataFrame(rows).to_csv(os.path.join(folder, "mails.csv"), index=False)
    return planted


class CleanVision:
    """CleanVision with its defaults, on the files that Pillow can read."""

    faults = {"dark": "dark", "bright": "light", "blurred": "blurry", "low-information": "low_information", "odd-size": "odd_size"}
    faults |= {"odd-shape": "odd_aspect_ratio", "grey": "grayscale"}

    def __init__(self, data, settings):
        from cleanvision import Imagelab

        self.lab = Imagelab
        self.sets = {}
        for name in settings["files"].split(","):
            paths = [os.path.join(data, path) for path in pd.read_csv(os.path.join(data, f"{name}.csv"))["picture"]]
            self.sets[name] = (paths, [row for row, path in enumerate(paths) if readable(path)])

    def run(self):
        self.found = {}
        for name, (paths, rows) in self.sets.items():
            lab = self.lab(filepaths=[paths[row] for row in rows])
            lab.find_issues(n_jobs=int(os.environ["OMP_NUM_THREADS"]), verbose=False)
            issues = lab.issues.loc[[paths[row] for row in rows]]
            for fault, own in self.faults.items():
                self.keep(name, fault, rows, len(paths), 1 - issues[f"{own}_score"], issues[f"is_{own}_issue"])
            score = 1 - issues[["exact_duplicates_score", "near_duplicates_score"]].min(axis=1)
            marked = issues["is_exact_duplicates_issue"] | issues["is_near_duplicates_issue"]
            self.keep(name, "copies", rows, len(paths), score, marked)
        return {}

    def keep(self, name, fault, rows, count, score, marked):
        for kind, values in (("score", score), ("marked", marked)):
            all_rows = np.full(count, -1.0)
            all_rows[rows] = np.asarray(values, np.float64)
            self.found[f"{kind}-{name}-{fault}"] = all_rows

    def outputs(self):
        """Of each set and fault a score a row, larger = more of it, and 1 for rows that are marked; −1 where nothing is said."""
        return self.found


def readable(path):
    try:
        Image.open(path).load()
        return True
    except OSError:
        return False


class DatalabIssues:
    """Datalab's near duplicates and outliers with its defaults, on the vectors of the encoders that set-up brought, made before the clock runs.

    Of texts `outlier` stands for each fault that it has no test of.
    """

    outliers = ["empty", "language", "script", "markup", "odd-length"]

    def __init__(self, data, settings):
        threads = int(os.environ["OMP_NUM_THREADS"])
        self.sets = {}
        for name in settings["files"].split(","):
            table = pd.read_csv(os.path.join(data, f"{name}.csv"), keep_default_na=False)
            if settings["kind"] == "pictures":
                from pictures import PictureEncoder

                paths = [os.path.join(data, path) for path in table["picture"]]
                rows = [row for row, path in enumerate(paths) if readable(path)]
                vectors = PictureEncoder(threads).encode([paths[row] for row in rows])
            else:
                from encode import TextEncoder

                encoder = TextEncoder(threads)
                rows = list(range(len(table)))
                vectors = np.array([encoder.vector(text) for text in table["subject"] + "\n" + table["body"]])
            self.sets[name] = (table["label"].to_numpy()[rows], rows, len(table), vectors, settings["kind"])

    def run(self):
        from cleanlab import Datalab

        self.found = {}
        for name, (labels, rows, count, vectors, kind) in self.sets.items():
            lab = Datalab({"label": list(labels)}, label_name="label", verbosity=0)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                lab.find_issues(features=vectors, issue_types={"near_duplicate": {}, "outlier": {}})
            issues = lab.get_issues()
            asked = {"copies": "near_duplicate"} | ({fault: "outlier" for fault in self.outliers} if kind == "text" else {})
            for fault, own in asked.items():
                CleanVision.keep(self, name, fault, rows, count, 1 - issues[f"{own}_score"], issues[f"is_{own}_issue"])
        return {}

    def outputs(self):
        """As those of CleanVision."""
        return self.found


if __name__ == "__main__":
    make_issues(json.loads(sys.argv[1]), sys.argv[2])
