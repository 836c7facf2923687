"""What was counted of a file that Spark has cut into pieces, as if it had been read at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate

from plugin.screening.local.work import ChunkDone
from plugin.screening.outcome import Quarantined
from plugin.screening.placing.heads import add_types
from plugin.screening.source.chunks import Chunk
from plugin.screening.source.lines import BYTE_ORDER_MARK
from plugin.screening.spark.listing import Remote
from plugin.screening.spark.rows import Counted


def by_chunk(
    chunks: Sequence[Chunk], remote: dict[str, Remote], counted: Iterable[Counted]
) -> Iterable[tuple[ChunkDone, tuple[Quarantined, ...]]]:
    """What came of each chunk and its rows about lines, in their order.

    Of an empty file Spark may give nothing.
    """
    pieces: dict[int, list[Counted]] = {}
    for one in counted:
        pieces.setdefault(one.done.number, []).append(one)
    for chunk in chunks:
        found = sorted(pieces.get(chunk.number, ()), key=lambda one: one.start)
        if len(found) == 1 and not found[0].size:
            yield found[0].done, found[0].left_out
        else:
            file = remote.get(chunk.file.name)
            yield _joined(chunk, found, file.size if file else 0)


def _joined(
    chunk: Chunk, pieces: Sequence[Counted], size: int
) -> tuple[ChunkDone, tuple[Quarantined, ...]]:
    """One file in pieces: lines and places count from its beginning. `size`: its bytes."""
    kept: Counter[str] = Counter()
    set_aside: Counter[str] = Counter()
    for piece in pieces:
        kept.update(piece.done.kept)
        add_types(set_aside, piece.done.set_aside)
    left_out = tuple(_placed(pieces, size))
    done = ChunkDone(
        number=chunk.number,
        file=chunk.file.name,
        lines=sum(piece.done.lines for piece in pieces),
        size=sum(piece.done.size for piece in pieces),
        documents=sum(piece.done.documents for piece in pieces),
        placed=sum(piece.done.placed for piece in pieces),
        kept=dict(sorted(kept.items())),
        set_aside=dict(sorted(set_aside.items())),
        quarantined=len(left_out),
        whole=tuple(dict.fromkeys(row for piece in pieces for row in piece.done.whole)),
        earlier=tuple(sorted({name for piece in pieces for name in piece.done.earlier})),
        segments=(),
    )
    return done, left_out


def _placed(pieces: Sequence[Counted], size: int) -> Iterable[Quarantined]:
    lines = accumulate((piece.done.lines for piece in pieces), initial=0)
    offsets = accumulate((piece.size for piece in pieces), initial=0)
    # Spark drops a byte order mark without a word: then bytes are missing. A last line without a
    # newline, which was counted with one, takes one away.
    marked = size - sum(piece.size for piece in pieces) >= len(BYTE_ORDER_MARK) - 1
    for piece, before, offset in zip(pieces, lines, offsets, strict=False):
        for row in piece.left_out:
            line, place = row.line + before, row.offset + offset
            if marked and line > 1:
                place += len(BYTE_ORDER_MARK)
            yield Quarantined(row.file, line, row.reason, place, row.ends)
