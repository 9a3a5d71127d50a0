"""The results of a run: the rounds of each workload and peer, with medians and spread; stored as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

Figures = dict[str, float]


@dataclass
class Results:
    """One run. `failures` says why a peer has no figures for a workload, or failed in a round.

    `settings` has `users`, the most users of a workload, if the workloads were shrunk.
    """

    machine: dict[str, str]
    settings: dict[str, float]
    versions: dict[str, str]
    missing: dict[str, str]
    rounds: dict[str, dict[str, list[Figures]]] = field(default_factory=dict)
    failures: dict[str, dict[str, str]] = field(default_factory=dict)

    def add(self, workload: str, peer: str, figures: Figures) -> None:
        """Add a round."""
        self.rounds.setdefault(workload, {}).setdefault(peer, []).append(figures)

    def fail(self, workload: str, peer: str, why: str) -> None:
        """Record why a round failed."""
        self.failures.setdefault(workload, {})[peer] = why

    def median(self, workload: str, peer: str, figure: str) -> float | None:
        """Return the median of a figure over the rounds, or None if there is none."""
        values = self._values(workload, peer, figure)
        return median(values) if values else None

    def spread(self, workload: str, peer: str, figure: str) -> tuple[float, float] | None:
        """Return the least and the most of a figure over the rounds, or None if there is none."""
        values = self._values(workload, peer, figure)
        return (min(values), max(values)) if values else None

    def ratio(self, workload: str, peer: str, other: str, figure: str) -> float | None:
        """Return the ratio of a peer's figure to the other's: the median over the rounds.

        Only rounds that ran one after the other are compared, so that disturbances of both cancel out.
        """
        mine, others = self._values(workload, peer, figure), self._values(workload, other, figure)
        ratios = [one / two for one, two in zip(mine, others, strict=False) if two]
        return median(ratios) if ratios else None

    def _values(self, workload: str, peer: str, figure: str) -> list[float]:
        rounds = self.rounds.get(workload, {}).get(peer, [])
        return [figures[figure] for figures in rounds if figure in figures]

    def write(self, path: Path) -> None:
        """Write everything, and the medians as well."""
        medians: dict[str, Any] = {
            workload: {
                peer: {figure: self.median(workload, peer, figure) for figure in rounds[0]}
                for peer, rounds in peers.items()
            }
            for workload, peers in self.rounds.items()
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({**vars(self), "medians": medians}, indent=1) + "\n")

    @classmethod
    def read(cls, path: Path) -> Results:
        """Read a file of `write`. Raise OSError if it cannot be read, ValueError if it has other content."""
        try:
            whole = json.loads(path.read_text("utf-8"))
            del whole["medians"]
            return cls(**whole)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path} is not the result of a run: {error}") from None
