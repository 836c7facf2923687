"""`python -m tests.browser.pictures` draws the pictures of the documentation anew."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.browser.chromium import DESKTOP, MOBILE, Page, chromium
from tests.browser.reports import FULL, MEETING, write_reports
from tests.browser.signalling import made
from tests.browser.trying import choose, open_try, send
from tests.deploy.service import running
from tests.docs.pages import REPOSITORY
from tests.servers.local import HOST

FOLDER = REPOSITORY / "docs/images"
SAMPLE = "thiazide-low-potassium"
_WINDOW = (1000, 900)  # the least that has two columns: a picture of less than 150 kB


_SIGNAL = 1120  # the plot, and the first rows of the table


def draw(page: Page, folder: Path) -> None:
    """Write every picture into a folder."""
    for name, size, height in (("try", _WINDOW, 790), ("try-small", MOBILE, 1500)):
        open_try(page, size)
        choose(page, SAMPLE)
        send(page)
        (folder / f"{name}.png").write_bytes(page.picture(height))
    page.open("/docs")
    (folder / "docs.png").write_bytes(page.picture(860))


def draw_reports(page: Page, folder: Path) -> None:
    """Write the pictures of the report of a screening run into a folder."""
    with tempfile.TemporaryDirectory() as name:
        reports = write_reports(Path(name))
        for picture, report, size, height in (
            ("report", FULL, DESKTOP, 1130),
            ("report-small", FULL, MOBILE, 1100),
        ):
            page.open(reports[report], size)
            (folder / f"{picture}.png").write_bytes(page.picture(height))
        page.open(reports[MEETING], DESKTOP)
        page.run(
            "document.querySelectorAll('header, section').forEach(e => "
            "e.hidden = e.getAttribute('aria-labelledby') !== 'groups')"
        )
        (folder / "report-suppressed.png").write_bytes(page.picture(900))


def draw_signal(folder: Path) -> None:
    """The page of a simulated population: two groups bring on cramps in it, the others do not."""
    with tempfile.TemporaryDirectory() as name, chromium("file://") as page:
        page.open(str(made(Path(name), patients=4000) / "signal.html"), _WINDOW)
        (folder / "signal.png").write_bytes(page.picture(_SIGNAL))


if __name__ == "__main__":
    with chromium("") as page:
        draw_reports(page, FOLDER)
    with (
        tempfile.TemporaryDirectory() as name,
        running(Path(name)) as service,
        chromium(f"http://{HOST}:{service.port}") as page,
    ):
        draw(page, FOLDER)
    draw_signal(FOLDER)
