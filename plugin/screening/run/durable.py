"""Files that are there whole or not at all, after a kill and after a power cut too."""

from __future__ import annotations

import os
from pathlib import Path

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700


def write_whole(path: Path, data: bytes) -> None:
    """Put a file in place in one step, on disk before it has its name. Only we may read it."""
    ours = path.with_name(f"{path.name}.tmp")
    descriptor = os.open(ours, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
    with open(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(descriptor)
    os.replace(ours, path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
