"""Run in `.venv-oracles`, never in the tests' own process: scikit-learn's mixture of normals of one covariance.

Reads from standard input {"place": [[x, y], ...], "groups": k} and prints the mean log-likelihood a person and shares.
"""

import json
import sys

import numpy as np
from sklearn.mixture import GaussianMixture

given = json.load(sys.stdin)
place = np.array(given["place"])
model = GaussianMixture(
    given["groups"], covariance_type="tied", n_init=20, tol=1e-7, max_iter=2000, reg_covar=1e-6, random_state=0
).fit(place)
alone = GaussianMixture(1, covariance_type="tied", reg_covar=1e-6).fit(place)
share = sorted(model.weights_.tolist(), reverse=True)
print(json.dumps({"gain": model.score(place) - alone.score(place), "share": share}))
