"""Writes data/tokens.json and data/vectors.json: what Python's tokenizers and onnxruntime make of odd texts and of pictures.

    pip install onnxruntime tokenizers numpy
    python make_encoders.py FOLDER_OF_ENCODERS        # node_modules/.assay/encoders, which set-up makes

A text is [unit, times], the unit repeated; picture k has the value (7 x + 13 y + 29 colour + 31 k + x y) mod 256 at
(x, y). Vectors are float32, little-endian, as base64. Last made with onnxruntime 1.32.0 and tokenizers 0.23.3.
"""

import base64
import json
import os
import random
import sys

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

encoders = sys.argv[1]
data = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")
TOKENS = 256
SIDE = 224

PIECES = """the quick brown fox Réunion naïve café ÅNGSTRÖM straße ﬁnal ½ ①②③ 1,234.56 -0.5e-10 $99.99 50% #tag @user
user@example.org https://example.org/a?b=c&d=%20 <b>bold</b> &amp; C++ don't it's “quoted” ‘single’ … — – ‐ a_b snake_case
camelCase ALLCAPS Привет мир Ёлка Ελληνικά Ἀχιλλεύς שָׁלוֹם مرحبا بالعالم नमस्ते दुनिया สวัสดีชาวโลก 你好世界 漢字かな交じり文 カタカナ ｶﾀｶﾅ
안녕하세요 각 👍 👩‍👩‍👧‍👦 🇩🇪 ☃️ ™ © ∑∫√ ≠ → x² H₂O ｆｕｌｌｗｉｄｔｈ é ñ ạ̈ z̷͓̕ [CLS] [SEP] [MASK] [UNK] [PAD] ##ing unbelievably
antidisestablishmentarianism qwrtzxcvbnm 0x1F600 ,,, ... !!! ?! (((( }{ \\n | ~ ` ^ = +""".split()
ODD = ["\u0000", "\u0007", "\u001b[31m", "\u007f", "\u00a0", "\u00ad", "\u200b", "\u200d", "\u202e", "\u2028", "\u3000",
       "\ufeff", "\ufffd", "\U000e0041", "\t", "\r\n", "\n\n", "  ", "\u0301", "\ue000", "\U0001f3fd"]

rng = random.Random(20)


def odd_text():
    words = []
    for _ in range(rng.randint(1, 12)):
        word = rng.choice(PIECES)
        words.append(word + rng.choice(ODD) if rng.random() < 0.3 else word)
    return rng.choice([" ", " ", "", "\n"]).join(words)


texts = [["", 1], [" \t\n", 1], ["a", 1], ["x" * 101, 1], ["ab" * 50, 1], ["x", 20_000], ["word ", 3_000], ["漢字", 3_000],
         ["unbelievably antidisestablishmentarian, ", 300], ["a.b!c", 2_000], ["é\u0301 👍", 1_500], ["\n", 9_000],
         ["z" * 90 + "\n", 400], ["👍", 3_000]]
texts += [[odd_text(), 1] for _ in range(300)]

tokenizer = Tokenizer.from_file(os.path.join(encoders, "text", "tokenizer.json"))
tokenizer.no_padding()
tokenizer.enable_truncation(TOKENS)
cases = [{"text": text, "ids": tokenizer.encode(text[0] * text[1]).ids} for text in texts]


def session(kind):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(os.path.join(encoders, kind, "model.onnx"), options)


def packed(vector):
    return base64.b64encode(np.asarray(vector, "<f4").tobytes()).decode()


sentences = [["The encoder turns a sentence into numbers.", 1], ["Free money, click here!!!", 1], ["", 1], ["Grüße aus 東京 👍", 1],
             ["a long text that is cut at its end, ", 100]]
text_session = session("text")
text_vectors = []
for unit, times in sentences:
    ids = np.array([tokenizer.encode(unit * times).ids])
    feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    mean = text_session.run(None, feeds)[0][0].astype("f8").mean(0)
    text_vectors.append({"text": [unit, times], "vector": packed(mean / np.linalg.norm(mean))})

picture_session = session("pictures")
y, x, colour = np.meshgrid(np.arange(SIDE), np.arange(SIDE), np.arange(3), indexing="ij")
picture_vectors = []
for k in range(3):
    pixels = (7 * x + 13 * y + 29 * colour + 31 * k + x * y) % 256
    planes = ((pixels - 127) / 128).astype("f4").transpose(2, 0, 1)[None]
    picture_vectors.append(packed(picture_session.run(None, {"x": planes})[0][0]))

with open(os.path.join(data, "tokens.json"), "w", encoding="utf8") as file:
    json.dump(cases, file, separators=(",", ":"))
with open(os.path.join(data, "vectors.json"), "w", encoding="utf8") as file:
    json.dump({"texts": text_vectors, "pictures": picture_vectors}, file, separators=(",", ":"))
