"""A real Chromium, without a window, that may ask nobody but this machine."""

from __future__ import annotations

import base64
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

DESKTOP, MOBILE = (1280, 900), (390, 844)
_PATIENCE = 30
_OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
)


def programs() -> tuple[str | None, str | None]:
    """Where the browser and its driver are."""
    return shutil.which("chromium"), shutil.which("chromedriver")


class Page:
    """What a test does with a page, and what it can see of it."""

    def __init__(self, driver: webdriver.Chrome, base: str) -> None:
        self.driver = driver
        self.base = base

    def open(self, path: str, size: tuple[int, int] = DESKTOP, scheme: str = "light") -> None:
        """Open a path of the service in a window of this size, in light or dark colours."""
        self.said()
        self.requested()
        media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        self.driver.get(self.base + path)

    def all(self, css: str) -> list[WebElement]:
        """Every element of a CSS selector."""
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def one(self, css: str) -> WebElement:
        """The only element of a CSS selector."""
        (found,) = self.all(css)
        return found

    def run(self, script: str, *arguments: Any) -> Any:
        """Run JavaScript, with `arguments`, and give what it returns."""
        return self.driver.execute_script(script, *arguments)

    def wait(self, script: str) -> None:
        """Wait until an expression of JavaScript holds."""
        WebDriverWait(self.driver, _PATIENCE).until(
            lambda _: self.run(f"return Boolean({script})"), f"never came true: {script}"
        )

    def said(self) -> list[str]:
        """What the console said since it was last asked: errors, and breaches of the policy."""
        log: list[dict[str, Any]] = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        return [entry["message"] for entry in log]

    def requested(self) -> list[str]:
        """The addresses that were asked for since the last time, outside of the browser itself."""
        log: list[dict[str, Any]] = self.driver.get_log("performance")  # type: ignore[no-untyped-call]
        events = [json.loads(entry["message"])["message"] for entry in log]
        return [
            event["params"]["request"]["url"]
            for event in events
            if event["method"] == "Network.requestWillBeSent"
            and not event["params"]["request"]["url"].startswith(("chrome:", "data:"))
        ]

    def paper(self, width: float, height: float) -> bytes:
        """The PDF of the page as it is printed, without backgrounds; the paper in inches."""
        size = {"paperWidth": width, "paperHeight": height, "printBackground": False}
        printed = self.driver.execute_cdp_cmd("Page.printToPDF", size)
        return base64.b64decode(printed["data"])

    def picture(self, height: int) -> bytes:
        """A PNG of the page as wide as the window and at most this high, from its top."""
        self.run("window.scrollTo(0, 0)")
        width, whole = self.run("return [innerWidth, document.documentElement.scrollHeight]")
        clip = {"x": 0, "y": 0, "width": width, "height": min(height, whole), "scale": 1}
        shot = self.driver.execute_cdp_cmd(
            "Page.captureScreenshot", {"format": "png", "clip": clip, "captureBeyondViewport": True}
        )
        return base64.b64decode(shot["data"])


@contextmanager
def chromium(base: str) -> Iterator[Page]:
    """A browser with nothing in it, closed afterwards."""
    browser, driver = programs()
    options = webdriver.ChromeOptions()
    options.binary_location = browser or ""
    folder = tempfile.mkdtemp(prefix="crampcheck-browser-")
    for option in (*_OPTIONS, f"--user-data-dir={folder}"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        yield Page(started, base)
    finally:
        started.quit()
        shutil.rmtree(Path(folder), ignore_errors=True)
