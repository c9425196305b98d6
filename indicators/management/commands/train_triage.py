from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators.domain.screens import triage


FOLDER = Path(triage.__file__).parents[2] / "policy" / "triage"
LABELS = ("clean", "competition", "coordination", "pii", "secret")
_SEED = 20261124


class Command(BaseCommand):
    help = (
        "Train the score that orders the review queue, from labelled texts, and write its weights. "
        "Needs scikit-learn (requirements-dev.txt). The same texts give the same weights."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--corpus",
            type=Path,
            default=FOLDER / "corpus.jsonl",
            help='lines {"text": …, "label": clean | competition | coordination | pii | secret}',
        )
        parser.add_argument("--out", type=Path, default=FOLDER / "weights.json")

    def handle(self, *_args: Any, **options: Any) -> None:
        texts, sensitive = _corpus(options["corpus"])
        trained, held_out = _train(texts, sensitive)
        trained["texts"] = len(texts)
        trained["corpus"] = hashlib.sha256("\n".join(texts).encode()).hexdigest()
        options["out"].write_text(_written(trained), "utf-8")
        self.stdout.write(
            f"{len(texts)} texts, {len(trained['features'])} features. Area under the curve on "
            f"texts that were left out (ten folds): {held_out:.3f}."
        )


def _corpus(path: Path) -> tuple[list[str], list[bool]]:
    try:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        labelled = {str(row["text"]): str(row["label"]) for row in rows}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{path} does not hold labelled texts: {error!r}") from error
    if unknown := set(labelled.values()) - set(LABELS):
        raise CommandError(f"{path}: unknown labels {', '.join(sorted(unknown))}")
    return list(labelled), [label != "clean" for label in labelled.values()]


def _train(texts: Sequence[str], sensitive: Sequence[bool]) -> tuple[dict[str, Any], float]:
    try:
        from sklearn import (  # noqa: PLC0415  a tool of developers, not needed to run the hub
            feature_extraction,
            linear_model,
            metrics,
            model_selection,
            pipeline,
        )
    except ImportError as error:
        raise CommandError("Install scikit-learn first: see requirements-dev.txt.") from error
    counting = feature_extraction.text.TfidfVectorizer(
        analyzer=triage.features, sublinear_tf=True, min_df=2
    )
    model = linear_model.LogisticRegression(C=3, class_weight="balanced", max_iter=2000)
    whole = pipeline.make_pipeline(counting, model)
    folds = model_selection.StratifiedKFold(10, shuffle=True, random_state=_SEED)
    guessed = model_selection.cross_val_predict(
        whole, texts, sensitive, cv=folds, method="predict_proba"
    )
    held_out = float(metrics.roc_auc_score(sensitive, guessed[:, 1]))
    whole.fit(texts, sensitive)
    features = [
        [name, round(float(counting.idf_[place]), 3), round(float(model.coef_[0][place]), 3)]
        for name, place in sorted(counting.vocabulary_.items())
    ]
    return {"bias": round(float(model.intercept_[0]), 3), "features": features}, held_out


def _written(trained: dict[str, Any]) -> str:
    """JSON with one feature a line, so that a difference can be read."""
    features = ",\n".join(json.dumps(each, ensure_ascii=False) for each in trained["features"])
    head = json.dumps({key: value for key, value in trained.items() if key != "features"})
    return f'{head[:-1]},\n"features": [\n{features}\n]}}\n'
