"""What is wrong with the knowledge, said by file and key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct


class Fault(Struct, frozen=True, order=True):
    """One thing wrong in one file; `key` is a path such as `rule.low-potassium.when[1]`."""

    file: str
    key: str
    message: str

    def __str__(self) -> str:
        """File, key and message in one line."""
        return ": ".join(part for part in (self.file, self.key, self.message) if part)


class KnowledgeError(Exception):
    """The knowledge cannot be used. `faults` holds all that were found, sorted by file and key."""

    def __init__(self, folder: str, faults: Iterable[Fault]) -> None:
        """Sort the faults and drop repeats; `folder` is only for the message."""
        self.folder = folder
        self.faults = tuple(sorted(set(faults)))
        super().__init__(folder, self.faults)

    def __str__(self) -> str:
        """All faults, one a line."""
        count = len(self.faults)
        head = f"the knowledge in {self.folder} has {count} fault{'' if count == 1 else 's'}:"
        return "\n".join([head, *(f"  {fault}" for fault in self.faults)])


def flatten(messages: object, key: str) -> Iterator[tuple[str, str]]:
    """Turn a schema's nested messages into (key path, message) pairs."""
    if isinstance(messages, Mapping):
        for part, inner in messages.items():
            yield from flatten(inner, _join(key, part))
    elif isinstance(messages, list | tuple):
        for inner in messages:
            yield from flatten(inner, key)
    else:
        yield key, str(messages)


def _join(key: str, part: object) -> str:
    if isinstance(part, int):
        return f"{key}[{part}]"
    if part == "_schema":
        return key
    return f"{key}.{part}" if key else str(part)
