"""Training: a new model from the last publication, put in force when it is complete."""

import hashlib
import json
from datetime import UTC, datetime
from importlib.metadata import version

from orchestration.sources.declaration import Fuzzy
from orchestration.sources.fuzzy import matching, trained
from orchestration.sources.fuzzy.profiles import FuzzyError, fingerprint, profiles
from orchestration.warehouse import Home


def train(home: Home, source: str, wanted: Fuzzy) -> trained.Model:
    """Train on the published customers and put the model in force.

    The same settings and the same customers have the same version, which is trained once. Raises
    FuzzyError if there is nothing to learn from.
    """
    if not home.serving.exists():
        raise FuzzyError("Nothing is published yet: run `kith run` first.")
    with profiles(home, wanted) as connection:
        name = _version(wanted, fingerprint(connection, wanted))
        model = trained.stored(home, source, name)
        if model is None:
            ((customers,),) = connection.execute("select count(*) from profiles").fetchall()
            model = trained.Model(
                version=name,
                trained_at=datetime.now(UTC).isoformat(timespec="seconds"),
                customers=int(customers),
                compare=dict(wanted.compare),
                parameters=matching.train(connection, wanted),
            )
    trained.keep(home, source, model)
    return model


def _version(wanted: Fuzzy, customers: str) -> str:
    learnt_from = [wanted.compare, wanted.training.model_dump(), customers, version("splink")]
    return hashlib.sha256(json.dumps(learnt_from).encode()).hexdigest()[:12]
