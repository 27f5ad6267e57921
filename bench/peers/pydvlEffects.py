"""pyDVL's influence functions on the same head: a linear layer in PyTorch with the direct method, which is its exact one."""

import numpy as np
import torch
from pydvl.influence.torch import DirectInfluence
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from files import read


class PydvlEffects:
    """DirectInfluence.fit (the Hessian) and influences of all rows on the validation losses; pyDVL has no rescaled influence.

    pyDVL's loss is the mean one, its Hessian regularised by lambda, its influence that of *keeping* a row on the validation *loss*: times n
    too large, of the other sign where it says so, and with the factor p - y of the validation row. The outputs undo these, which is not
    timed.
    """

    def __init__(self, data, settings):
        self.x = torch.from_numpy(read(data, "features", np.float64))
        self.y = torch.from_numpy(read(data, "labels", np.float64))[:, None]
        self.validation = torch.from_numpy(read(data, "validation", np.float64))
        self.validation_labels = torch.from_numpy(read(data, "validationLabels", np.float64))[:, None]
        self.l2 = settings["l2"]
        self.model = nn.Linear(self.x.shape[1], 1, bias=False, dtype=torch.float64)
        with torch.no_grad():
            self.model.weight.copy_(torch.from_numpy(read(data, "theta", np.float64))[None, :])

    def run(self):
        loader = DataLoader(TensorDataset(self.x, self.y), batch_size=len(self.x))
        influence = DirectInfluence(self.model, nn.functional.binary_cross_entropy_with_logits, regularization=self.l2)
        influence = influence.fit(loader)
        self.values = influence.influences(self.validation, self.validation_labels, self.x, self.y)
        return {"method": "DirectInfluence, IF only", "torch_threads": torch.get_num_threads()}

    def outputs(self):
        with torch.no_grad():
            residual = torch.sigmoid(self.model(self.validation)) - self.validation_labels
            by_logit = (self.values.cpu() / residual).T / len(self.x)
        return {"if": by_logit.numpy()}
