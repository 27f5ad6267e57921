"""Writes data/texts.json: what scikit-learn makes of 60 texts, by words and by pieces of words.

    python make_texts.py

TfidfVectorizer with its defaults, and with analyzer='char_wb', ngram_range=(3, 5); TruncatedSVD with algorithm='arpack', which is
exact to rounding. The texts are odd ones written by hand, and others drawn by a seed. None is of a script without blanks
between words: there Assay parts words by a dictionary, and scikit-learn does not.
"""
import json
import os

import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

odd = [
    'The quick brown fox jumps over the lazy dog.',
    'THE QUICK, brown foxes: jumped over_the 2 lazy dogs! a I x',
    '',
    '   \n\t ',
    'a b c 1 2 3',
    'Straße, STRASSE und Maß; Ärger über Öl — naïve café, cafe\u0301',
    'ΟΔΥΣΣΕΥΣ και Οδυσσεύς: σοφός.',
    'Привет, мир! ПРИВЕТ мир',
    '\U0001d400\U0001d401 \U00010400\U00010401 letters beyond the first plane \U0001f600\U0001f680',
    'İstanbul ISPARTA ılık Iğdır',
    'half\u00bd ⅷ① x² 10³ ١٢٣ 42',
    'dot.com e-mail user@example.org http://example.org/?q=1&r=two',
    'line\r\nbreak\u2028other\u2029para\u00a0hard\u3000wide\x1cfile\u0085next\u200bzero',
    'don\'t can\u2019t o\'clock rock\'n\'roll',
    '한국어 문장입니다 그리고 영어 words',
    'שלום עולם مرحبا بالعالم हिन्दी में',
    'no no no no no yes yes no',
]
words = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta', 'theta', 'iota', 'kappa', 'lambda', 'mu', 'nu', 'xi', 'pi', 'rho']
random = np.random.default_rng(1)
drawn = [' '.join(random.choice(words, random.integers(3, 12), p=np.arange(1, 17) / 136)) for _ in range(60 - len(odd))]
texts = odd + drawn


def describe(dimensions, **options):
    vectorizer = TfidfVectorizer(**options)
    weights = vectorizer.fit_transform(texts).sorted_indices()
    svd = TruncatedSVD(dimensions, algorithm='arpack', random_state=0).fit(weights)
    vectors = weights @ svd.components_.T
    return {
        'vocabulary': vectorizer.get_feature_names_out().tolist(),
        'idf': vectorizer.idf_.tolist(),
        'rows': [
            {'columns': weights[row].indices.tolist(), 'values': weights[row].data.tolist()} for row in range(len(texts))
        ],
        'singularValues': svd.singular_values_.tolist(),
        # Up to their signs.
        'vectors': np.abs(vectors).tolist(),
        'varianceShare': float(svd.explained_variance_ratio_.sum()),
    }


path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'data', 'texts.json')
with open(path, 'w') as file:
    numbers = {'words': describe(8), 'characters': describe(5, analyzer='char_wb', ngram_range=(3, 5))}
    json.dump({'texts': texts, **numbers}, file, ensure_ascii=False)
    file.write('\n')
print(os.path.getsize(path), 'bytes')
