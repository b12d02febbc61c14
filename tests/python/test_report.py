"""`ferrokeet report`: the structure of its page, and the page in a browser."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import CHROMIUM, Browser
from ferrokeet import _observe
from test_ways_in import Place

SCRIPT = '''"""Every fate."""
import numpy as np


def saxpy(a, x, y):
    # pragma parallel for simd
    for i in range(len(x)):
        y[i] = a * x[i] + y[i]


def shift(x, off):
    # pragma parallel for
    for i in range(20):
        x[i + off] = x[i] + 1.0  # <b> & "so" </script>


def chain(x):
    # pragma parallel for
    for i in range(1, len(x) - 1):
        x[i] = x[i - 1] + x[i + 1]


def rows(a, c):
    # pragma parallel for
    for i in range(a.shape[0]):
        # pragma simd
        for j in range(a.shape[1]):
            c[i, j] = 2.0 * a[i, j]


def odd(x):
    # pragma parallel for
    for i in range(len(x)):
        x[i] = sorted([1.0])[0]


def slow(x):
    # pragma parallel for
    for i in range(len(x)):
        for k in range(200_000):
            x[i] = x[i] * 0.999 + 1.0


def ends(x):
    # pragma parallel for
    for i in range(len(x)):
        while x[i] > 1.0:
            x[i] *= 0.5


def halved(v):
    while v > 1.0:
        v *= 0.5
    return v


def far(x):
    # pragma parallel for
    for i in range(len(x)):
        x[i] = halved(x[i])


def both(x):
    # pragma parallel for
    for i in range(len(x)):
        x[i] = halved(halved(x[i]) + 1.0)


x = np.ones(3000)
for _ in range(2):
    saxpy(2.0, x, np.ones(3000))
chain(x)
slow(x[:40])
ends(x)
far(3.0 * x)
both(x)
print(x[:40].sum(), x[100:].sum())
'''


class Page(HTMLParser):
    """The elements of a page: attributes and text of each that has an id or a class, and what it refers to."""

    def __init__(self, text: str):
        super().__init__()
        self.elements: list[dict[str, Any]] = []
        self.open: list[dict[str, Any]] = []
        self.feed(text)
        self.close()
        assert not [one for one in self.open if one["tag"] not in ("meta", "meter")], self.open

    def rows_of(self, one: dict[str, Any], tag: str) -> None:
        """Keeps the cells of a section's tables."""
        sections = [outer for outer in self.open if "lines" in outer]
        if tag == "tr":
            sections[-1]["lines"].append([])
        if tag in ("td", "th") and sections:
            one["row"] = sections[-1]["lines"][-1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        one = {"tag": tag, "text": "", "classes": (dict(attrs).get("class") or "").split(), **dict(attrs)}
        if tag == "section":
            one["lines"] = []
        self.rows_of(one, tag)
        self.elements.append(one)
        if tag != "meta":
            self.open.append(one)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1]["tag"] == tag, (tag, self.open[-1])
        ended = self.open.pop()
        if "row" in ended:
            ended["row"].append(ended["text"].strip())

    def handle_data(self, data: str) -> None:
        for one in self.open:
            one["text"] += data

    def where(self, **wanted: str) -> list[dict[str, Any]]:
        """The elements with these attributes (`in_class`: with that class)."""
        chosen = wanted.pop("in_class", None)
        fits = [one for one in self.elements if all(one.get(key) == value for key, value in wanted.items())]
        return [one for one in fits if chosen is None or chosen in one["classes"]]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all: what all kernels share is compiled once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    """The page of a script that was run."""
    place = Place(tmp_path_factory.mktemp("report"), cache)
    place.write("script.py", SCRIPT)
    place.environment |= {"FERROKEET_NUM_THREADS": "2", "FERROKEET_OPT_LEVEL": "0"}
    plain = place.python("script.py")
    done = place.ferrokeet("report", "script.py", "--run", "--compare", "0.2", "-o", "report.html")
    assert done.stderr.endswith("report.html written\n")
    assert done.stdout == plain.stdout, "the program goes on with what CPython or the kernel has computed"
    return place.folder / "report.html"


@pytest.fixture(scope="module")
def page(report: Path) -> Page:
    return Page(report.read_text())


def test_every_line_has_its_fate(page: Page) -> None:
    lines = page.where(in_class="line")
    assert len(lines) == len(SCRIPT.splitlines())
    classes = [one["classes"][1:] for one in lines]
    fates = {7: ["both"], 8: ["both"], 13: ["both", "guarded"], 19: ["sequential"], 20: ["sequential"]}
    fates |= {25: ["parallel"], 27: ["both"], 28: ["both"], 33: ["python"], 34: ["python"], 6: ["plain"]}
    assert {row: classes[row - 1] for row in fates} == fates
    for row, text in enumerate(SCRIPT.splitlines(), 1):
        assert text in page.where(id=f"f0-l{row}")[0]["text"]


def test_notes_say_why(page: Page) -> None:
    assert "loop i: refuted; runs in order" in page.where(id="f0-l19")[0]["text"]
    assert "anti dependence" in page.where(id="f0-l19")[0]["text"]
    assert "[FK102]: the builtin sorted cannot be translated" in page.where(id="f0-l34")[0]["text"]
    assert re.search(r"in 2 launches \(x: f64\[:\], a: float, y: f64\[:\]\)", page.where(id="f0-l7")[0]["text"])


def test_arrows_end_at_accesses(page: Page) -> None:
    arrows = json.loads(page.where(id="arrows")[0]["text"])
    ends = set()
    for arrow in arrows:
        source, sink = page.where(id=arrow["from"]), page.where(id=arrow["to"])
        assert len(source) == len(sink) == 1
        ends.add((arrow["kind"], source[0]["text"], sink[0]["text"]))
    assert ends >= {("flow", "x[i]", "x[i - 1]"), ("anti", "x[i + 1]", "x[i]"), ("flow", "x[i + off]", "x[i]")}


def test_generated_rust_names_its_line(page: Page) -> None:
    rust = [one for one in page.where(tag="span") if one.get("data-row") == "8"]
    assert any("mul_add" in one["text"] or "* " in one["text"] for one in rust)
    kernels = {one["data-kernel"] for one in page.where(in_class="rust")}
    assert kernels == {"saxpy_L7", "shift_L13", "chain_L19", "rows_L25", "slow_L39", "ends_L46", "far_L59", "both_L65"}


def test_generated_cuda_stands_beside_it(page: Page) -> None:
    (cuda,) = page.where(id="f0-saxpy_L7-cuda")
    assert "__global__ void saxpy_L7" in cuda["text"]
    (none,) = page.where(id="f0-chain_L19-cuda")
    assert "There is no kernel for a GPU: the loop runs sequentially (refuted)" in none["text"]
    assert {one["data-row"] for one in page.where(tag="span") if "y.at(i) =" in one["text"]} == {"8"}


def cells(page: Page, table: str) -> dict[str, list[str]]:
    """The rows of a table by the kernels that they are about."""
    (section,) = page.where(**{"aria-labelledby": table})
    rows = [line for line in section["lines"] if line[1:]]
    return {next(cell for cell in row if "_L" in cell): row for row in rows if any("_L" in cell for cell in row)}


def test_times_and_speed_up(page: Page) -> None:
    rows = cells(page, "times")
    _, types, calls, ran, *_rest, python, gain, threads, bandwidth = rows["saxpy_L7"]
    assert (types, calls, ran) == ("x: f64[:], a: float, y: f64[:]", "2", "2 fast")
    assert threads in ("1", "2")
    assert float(bandwidth) > 0
    assert re.fullmatch(r"[\d.]+ (µs|ms)", python)
    assert float(gain.removesuffix(" ×")) > 1
    assert rows["slow_L39"][-4].startswith("> "), "a loop that takes too long is cut off, and that is said"
    assert rows["slow_L39"][-3].startswith("> ")
    assert float(rows["ends_L46"][-3].strip(">× ")) > 1
    assert "#f0-l7" in [one.get("href") for one in page.elements]


def test_roofline(page: Page) -> None:
    rows = cells(page, "roofline")
    _, _, operations, volume, intensity, rate, share = rows["saxpy_L7"]
    # Two operations on each of 3000 elements; 16 bytes read and 8 written.
    assert (operations, volume, intensity) == ("6.00 · 10³", "72.0 · 10³", "0.083")
    assert float(rate) > 0
    assert share.endswith("% (memory)")
    assert rows["slow_L39"][2] == "16.0 · 10⁶"
    assert rows["slow_L39"][-1].endswith("% (arithmetic)")
    (plot,) = [one for one in page.where(tag="svg") if one.get("role") == "group"]
    assert "operations per byte of memory traffic" in plot["text"]
    assert "10⁹ operations per second" in plot["text"]
    assert re.search(r"memory: [\d.]+ GB/s", plot["text"])
    marks = [one for one in page.where(tag="a") if "point" in one["classes"]]
    assert {one["aria-label"].partition(":")[0] for one in marks} == {
        "saxpy_L7",
        "chain_L19",
        "slow_L39",
        "ends_L46",
        "far_L59",
    }
    # How often a loop with `while` runs was counted in CPython: `chain` has made 1, 2, 3 … of the ones, `slow` 1000 of the first 40;
    # a turn tests and halves, and each element is tested once more.
    turns = 40 * 10 + sum((value - 1).bit_length() for value in range(41, 3000))
    assert rows["ends_L46"][2:4] == [f"{(3000 + 2 * turns) / 1e3:.1f} · 10³", "48.0 · 10³"]
    # Also where it stands in a function; not where that is called twice.
    halved = [value / 2 ** (value - 1).bit_length() for value in range(41, 3000)]
    turns = 40 * 2 + sum(2 if 3 * value > 2 else 1 for value in halved) + 2
    assert rows["far_L59"][2] == f"{(3000 + 2 * turns) / 1e3:.1f} · 10³"
    text = page.where(tag="body")[0]["text"]
    assert "Not drawn: both_L65 (how often its while loop runs depends on the data)" in text


def test_the_page_needs_nothing_else(page: Page) -> None:
    assert not [one for one in page.elements if one.get("src") or one["tag"] in ("link", "iframe")]
    links = [one["href"] for one in page.elements if one.get("href")]
    assert all(link.startswith("#") and page.where(id=link[1:]) for link in links)
    ids = [one["id"] for one in page.elements if one.get("id")]
    assert len(ids) == len(set(ids))


def test_a_folder_is_reported_without_running(tmp_path: Path, cache: Path) -> None:
    place = Place(tmp_path, cache)
    place.write("src/one.py", SCRIPT)
    place.write("src/none.py", "x = 1\n")
    place.ferrokeet("report", "src", "-o", "report.html")
    page = Page((tmp_path / "report.html").read_text())
    assert [one["text"] for one in page.where(tag="h2")] == ["src/one.py"]
    assert "f64" in page.where(in_class="rust")[0]["text"]
    place.write("bad.py", "raise SystemExit(3)\n")
    done = place.ferrokeet("report", "bad.py", "--run", code=1)
    assert "bad.py ended with" in done.stderr


NESTED = """
import numpy as np

def total(x, n):
    s = 0.0
    # pragma parallel for
    for k in range(n):
        s += x[k]
    return s

def rows(x, y):
    # pragma sequential for
    for i in range(len(y)):
        y[i] = total(x, 1000)

x, y = np.ones(1000), np.zeros(200_000)
total(x, 10)
rows(x, y)
assert (y == 1000.0).all()
"""


def test_a_loop_is_cut_off_inside_of_one_that_it_calls(tmp_path: Path, cache: Path) -> None:
    place = Place(tmp_path, cache)
    place.environment |= {"FERROKEET_OPT_LEVEL": "0", "FERROKEET_PROFILE": "profile.json", "FERROKEET_OBSERVE": "0.3"}
    place.write("nested.py", NESTED)
    place.ferrokeet("run", "nested.py")
    kernels = json.loads((tmp_path / "profile.json").read_text())["kernels"]
    compared = {one["name"]: one["compared"] for one in kernels if one["compared"]}
    assert compared["rows_L13"]["cut"] == 1, compared
    assert compared["rows_L13"]["python"] < 5.0, "200 million additions take CPython longer"


def test_iterations_that_stand_for_others_are_from_all_over() -> None:
    for count in (0, 1, 2, 3, 7, 100):
        assert sorted(_observe.spread(range(count))) == list(range(count))
    first = sorted(list(_observe.spread(range(1000)))[:10])
    assert max(np.diff([0, *first, 1000])) < 200, first


ENDLESS = """
import numpy as np

def halves(x):
    # pragma parallel for
    for i in range(len(x)):
        while x[i] > 1.0:
            x[i] *= 0.5

x = np.ones(100_000)
x[50_000:] = 2.0**1000
halves(x)
"""


def test_what_takes_too_long_to_count_is_estimated(tmp_path: Path, cache: Path) -> None:
    place = Place(tmp_path, cache)
    place.environment |= {"FERROKEET_OPT_LEVEL": "0", "FERROKEET_PROFILE": "profile.json", "FERROKEET_OBSERVE": "0.5"}
    place.write("endless.py", ENDLESS)
    place.ferrokeet("run", "endless.py")
    (kernel,) = json.loads((tmp_path / "profile.json").read_text())["kernels"]
    (call,) = kernel["calls"]
    assert call["cut"]
    assert 350 < call["turns"]["7"] / call["turns"]["6"] < 650, "500 on average, and none in the first half"


@pytest.fixture(scope="module")
def browser(report: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium to look at the page with")
    browser = Browser(tmp_path_factory.mktemp("profile"), report)
    yield browser
    browser.close()


def test_arrows_are_drawn_between_their_accesses(browser: Browser, page: Page) -> None:
    arrows = json.loads(page.where(id="arrows")[0]["text"])
    assert browser.value("document.querySelectorAll('.arrows path:not(.head)').length") == len(arrows)
    ends = browser.value("""
        data.map((arrow) => {
          const source = document.querySelector('.source').getBoundingClientRect();
          const path = document.querySelectorAll('.arrows path:not(.head)')[data.indexOf(arrow)];
          const [from, to] = [arrow.from, arrow.to].map((id) => document.getElementById(id).getBoundingClientRect());
          const end = (at) => path.getPointAtLength(at * path.getTotalLength());
          const near = (box, point) => Math.abs(box.x + box.width / 2 - source.x - point.x) <= box.width / 2 + 2
            && Math.abs(box.y + box.height / 2 - source.y - point.y) <= box.height / 2 + 2;
          return near(from, end(0)) && near(to, end(1));
        })""")
    assert ends == [True] * len(arrows)


def test_the_keyboard_is_enough(browser: Browser) -> None:
    browser.press("j", "j")
    focused = "document.activeElement.closest('.line').id"
    assert browser.value(focused) == "f0-l7"
    assert browser.value("document.querySelector('.rust[open]').dataset.kernel") == "saxpy_L7"
    assert browser.value("[...document.querySelectorAll('.rust .chosen')].every((one) => one.dataset.row === '7')")
    before = browser.value("document.querySelectorAll('.arrows path')[0].getBoundingClientRect().y")
    browser.press("Enter", "\r")
    assert browser.value("document.getElementById('f0-l7').open")
    assert browser.value("document.querySelector('#f0-l7 .notes').getBoundingClientRect().height") > 10
    assert browser.becomes_true(f"document.querySelectorAll('.arrows path')[0].getBoundingClientRect().y > {before}")
    browser.press("Tab")
    assert browser.value(focused) == "f0-l8"
    assert browser.value("document.querySelector('.rust .chosen').dataset.row") == "8"
    browser.press("k", "k")
    assert browser.value(focused) == "f0-l7"
    browser.press("a", "a")
    assert browser.value("document.querySelectorAll('.arrows path').length") == 0
    assert browser.value("document.getElementById('toggle').getAttribute('aria-pressed')") == "false"
    browser.press("a", "a")


def test_tabs_change_between_rust_and_cuda(browser: Browser) -> None:
    browser.press("j", "j")
    shown = "[...document.querySelectorAll('.rust[open] .text')].filter((one) => !one.hidden).map((one) => one.dataset.language)"
    chosen = "document.querySelector('.rust[open] [role=tab][aria-selected=true]').textContent"
    assert browser.value(shown) == ["Rust"]
    browser.press("g", "g")
    assert (browser.value(shown), browser.value(chosen)) == (["CUDA"], "CUDA")
    assert browser.value("document.querySelector('.rust[open] .text:not([hidden]) .chosen') !== null")
    browser.value("document.querySelector('.rust[open] [role=tab][aria-selected=true]').focus()")
    browser.press("ArrowLeft")
    assert browser.value(shown) == ["Rust"]
    assert browser.value("document.activeElement.textContent") == "Rust"


def test_nothing_is_wider_than_its_window(browser: Browser) -> None:
    for width in (1400, 800, 390):
        browser.size(width)
        assert browser.value("document.documentElement.scrollWidth") <= width
        assert browser.value("document.querySelector('.roofline').getBoundingClientRect().width") > 0.6 * min(
            width, 896
        )
    browser.size(1400)


def contrast(browser: Browser, selector: str) -> float:
    """The contrast of an element's text with what is behind it, as WCAG defines it."""
    colours = browser.value(f"""
        (() => {{
          const one = document.querySelector({selector!r});
          let behind = one;
          while (behind.parentElement && getComputedStyle(behind).backgroundColor === 'rgba(0, 0, 0, 0)') behind = behind.parentElement;
          return [getComputedStyle(one).color, getComputedStyle(behind).backgroundColor];
        }})()""")

    def luminance(colour: str) -> float:
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted(map(luminance, colours))
    return (light + 0.05) / (dark + 0.05)


def test_light_and_dark(browser: Browser, tmp_path: Path) -> None:
    page = "getComputedStyle(document.body).backgroundColor"
    parts = [f".{fate} code" for fate in ("both", "parallel", "sequential", "python", "plain")] + [
        ".pragma",
        ".number",
        ".mark",
        "h1",
        ".remark",
        ".figure strong",
        "thead th",
        ".rust summary span",
        ".rust pre .comment",
        ".tabs button",
        ".legend .flow",
        ".legend .anti",
        ".legend .output",
    ]
    parts += [f".line.{fate} .mark" for fate in ("both", "parallel", "sequential", "python", "guarded")]
    backgrounds = []
    for dark in (False, True):
        if dark:
            browser.dark()
        backgrounds.append(browser.value(page))
        assert {part: contrast(browser, part) for part in parts if contrast(browser, part) < 4.5} == {}
        picture = browser.picture()
        assert picture.startswith(b"\x89PNG")
        (tmp_path / f"{'dark' if dark else 'light'}.png").write_bytes(picture)  # for whoever wants to look
    assert backgrounds == ["rgb(255, 255, 255)", "rgb(21, 24, 29)"]
    browser.press("t", "t")
    assert browser.value(page) == backgrounds[0]
    browser.press("t", "t")
    assert browser.value(page) == backgrounds[1]
