"""One Python peer as a process of its own: reads requests as JSON lines, answers with JSON lines, times what it runs itself.

    python peer.py NAME        NAME: numpy-float64, numpy-float32, scikit-learn, cleanlab, cleanlab-CLASSIFIER (tables.py,
                               annotators.py), cleanlab-regression, cleanlab-regression-forest (numericTables.py),
                               cleanlab-texts-tfidf, cleanlab-texts-svd (texts.py),
                               cleanlab-pictures-encoder, cleanlab-pictures-axes, cleanlab-pictures-pixels (pictures.py),
                               cleanlab-embeddings, cleanlab-embeddings-one (embeddings.py), onnxruntime (encode.py),
                               cleanvision, datalab (issues.py), umap-learn (umapLearn.py), pydvl

Requests: {"id", "op": "prepare", "task", "data", "settings"}, {"op": "run"}, {"op": "save", "folder"}, {"op": "memory"}.
Answers: {"id", "value"} or {"id", "error"}.
"""

import gc
import json
import os
import platform
import sys
import time
import traceback
from importlib.metadata import PackageNotFoundError, version

import numpy as np

# Standard output belongs to the answers, whatever a library prints.
ANSWERS = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)


def make_task(peer, task, data, settings):
    if peer in ("numpy-float64", "numpy-float32"):
        dtype = np.float64 if peer == "numpy-float64" else np.float32
        if task == "effects":
            from effects import Effects

            return Effects(data, settings, dtype)
        if task == "fit":
            from fit import NumpyFit

            return NumpyFit(data, settings, dtype)
        if task == "audit" and dtype is np.float64:
            from audit import NumpyAudit

            return NumpyAudit(data, settings)
    if peer == "scikit-learn" and task == "fit":
        from fit import ScikitFit

        return ScikitFit(data, settings)
    if peer == "cleanlab" and task == "ranking":
        from ranking import CleanlabRanking

        return CleanlabRanking(data, settings)
    if peer.startswith("cleanlab-regression") and task == "tables":
        from numericTables import CleanlabNumbers

        return CleanlabNumbers(data, settings, peer.removeprefix("cleanlab-"))
    if peer.startswith("cleanlab-texts-") and task == "tables":
        from texts import CleanlabTexts

        return CleanlabTexts(data, settings, peer.removeprefix("cleanlab-texts-"))
    if peer.startswith("cleanlab-pictures-") and task == "tables":
        from pictures import CleanlabPictures

        return CleanlabPictures(data, settings, peer.removeprefix("cleanlab-pictures-"))
    if peer == "onnxruntime" and task == "encode":
        from encode import OnnxEncoder

        return OnnxEncoder(data, settings)
    if peer == "cleanvision" and task == "issues":
        from issues import CleanVision

        return CleanVision(data, settings)
    if peer == "datalab" and task == "issues":
        from issues import DatalabIssues

        return DatalabIssues(data, settings)
    if peer.startswith("cleanlab-embeddings") and task == "tables":
        from embeddings import CleanlabEmbeddings

        return CleanlabEmbeddings(data, settings, peer == "cleanlab-embeddings")
    if peer.startswith("cleanlab-") and task == "tables":
        from tables import CleanlabTables

        return CleanlabTables(data, settings, peer.removeprefix("cleanlab-"))
    if peer.startswith("cleanlab-") and task == "annotators":
        from annotators import CleanlabAnnotators

        return CleanlabAnnotators(data, settings, peer.removeprefix("cleanlab-"))
    if peer == "umap-learn" and task == "map":
        from umapLearn import UmapLearn

        return UmapLearn(data, settings)
    if peer == "pydvl" and task == "effects":
        from pydvlEffects import PydvlEffects

        return PydvlEffects(data, settings)
    raise ValueError(f"the peer {peer} does not do {task}")


def facts(peer):
    """Versions of what computes, and the threads of its linear algebra."""
    names = {
        "scikit-learn": ["scikit-learn"],
        "cleanlab": ["scikit-learn", "cleanlab"],
        "onnxruntime": ["onnxruntime", "tokenizers", "pillow"],
        "cleanvision": ["cleanvision", "pillow"],
        "datalab": ["cleanlab", "onnxruntime"],
        "umap-learn": ["umap-learn", "pynndescent", "numba"],
        "pydvl": ["pydvl", "torch"],
    }.get(peer.split("-")[0] if peer.startswith("cleanlab") else peer, [])
    found = {"python": platform.python_version()}
    for name in ["numpy", "scipy", *names]:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    try:
        import scipy.linalg  # noqa: F401  (loads its BLAS)
        from threadpoolctl import threadpool_info

        found["blas"] = ", ".join(
            sorted({f"{p['internal_api']} {p['version']}, {p['num_threads']} threads" for p in threadpool_info()})
        )
    except ImportError:
        pass
    return found


def peak_mib():
    try:
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) / 1024
    except OSError:
        pass
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


def main(peer):
    task = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            op = request["op"]
            if op == "prepare":
                task = make_task(peer, request["task"], request["data"], request["settings"])
                value = facts(peer)
            elif op == "run":
                gc.collect()
                start = time.perf_counter()
                told = task.run()
                value = {"seconds": time.perf_counter() - start, "facts": told}
            elif op == "save":
                for name, array in task.outputs().items():
                    np.save(os.path.join(request["folder"], f"{name}.npy"), np.ascontiguousarray(array))
                value = None
            elif op == "memory":
                value = peak_mib()
            else:
                raise ValueError(f"unknown request {op}")
            answer = {"id": request["id"], "value": value}
        except Exception as error:
            traceback.print_exc()
            answer = {"id": request["id"], "error": {"code": "peer", "message": f"{type(error).__name__}: {error}"}}
        print(json.dumps(answer), file=ANSWERS, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
