"""What the collector counts, in the text format of Prometheus. Names of sources, no other data."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Metrics:
    """Counts since the start; each is written by one thread only."""

    answers: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    acknowledged: Counter[str] = field(default_factory=Counter)
    commits: int = 0
    commit_seconds: float = 0.0
    bytes: int = 0
    failed_commits: int = 0
    sealed: int = 0
    is_writable: bool = True

    def text(self) -> str:
        """All of it, one sample a line."""
        families = (
            _labelled("requests_total", "counter", "Answers to requests", "status", self.answers),
            _labelled("refusals_total", "counter", "Refusals", "reason", self.refusals),
            _labelled(
                "events_total", "counter", "Events acknowledged", "source", self.acknowledged
            ),
            _plain("commits_total", "counter", "Group commits to disk", self.commits),
            _plain("commit_seconds_total", "counter", "Time in commits", self.commit_seconds),
            _plain("bytes_total", "counter", "Bytes on disk", self.bytes),
            _plain(
                "failed_commits_total", "counter", "Commits the disk refused", self.failed_commits
            ),
            _plain("sealed_files_total", "counter", "Files handed to the load", self.sealed),
            _plain("writable", "gauge", "Whether the last commit succeeded", int(self.is_writable)),
        )
        return "\n".join(line for family in families for line in family) + "\n"


def _plain(name: str, kind: str, meaning: str, value: float) -> list[str]:
    return [*_head(name, kind, meaning), f"kith_collector_{name} {value}"]


def _labelled(name: str, kind: str, meaning: str, label: str, values: Counter[str]) -> list[str]:
    samples = (
        f'kith_collector_{name}{{{label}="{key}"}} {value}' for key, value in sorted(values.items())
    )
    return [*_head(name, kind, meaning), *samples]


def _head(name: str, kind: str, meaning: str) -> list[str]:
    return [f"# HELP kith_collector_{name} {meaning}.", f"# TYPE kith_collector_{name} {kind}"]
