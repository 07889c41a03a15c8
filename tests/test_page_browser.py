"""The report page in a browser, at phone and desktop width, light and dark: readable, accessible, and nothing of a submission runs.

Screenshots are kept in build/screenshots. axe-core, which looks for what keeps people from reading a page, comes from npm (`.ci/run` fetches it).
"""

from __future__ import annotations

import pytest

from tests.browser import ENTER, MISSING, TAB, browser
from tests.canned_page import MARKUP, page_text
from tests.sample import ROOT

AXE = ROOT / "tests" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
GET_AXE = "npm ci --prefix tests/axe"
SCREENSHOTS = ROOT / "build" / "screenshots"
SCREENS = {"phone": (390, 844), "narrow": (360, 640), "desktop": (1280, 900)}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=f"needs {', '.join(MISSING)}: apt-get install chromium chromium-driver"),
]


@pytest.fixture(scope="module")
def window(tmp_path_factory):
    with browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(page_text(), encoding="utf-8")
    return path.as_uri()


def show(window, address, screen, scheme):
    """The page on that screen, every fold open."""
    width, height = SCREENS[screen]
    window.emulate(width, height, scheme, phone=screen != "desktop")
    window.open(address)
    window.script("document.querySelectorAll('details').forEach(d => d.open = true)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_fits_and_shows_its_content(window, address, screen, scheme):
    show(window, address, screen, scheme)
    width = SCREENS[screen][0]
    assert window.script("return document.documentElement.scrollWidth") <= width, "the page scrolls sideways"
    wide = window.script(
        "return [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1"
        " && !e.closest('.unseen, pre')).map(e => e.outerHTML.slice(0, 120))"
    )
    assert wide == []
    text = window.text()
    for words in (
        "4 of 11 points",
        "1 passed",
        "double",
        "gives twice the input",
        "returned (12,)",
        "75% of 60 fresh points",
        "80% are right:",
    ):
        assert words in " ".join(text.split()), words
    dark = window.script(
        "return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number).every(n => n < 60)"
    )
    assert dark == (scheme == "dark")
    assert window.script("return [...document.images].every(i => i.complete && i.naturalWidth > 0)"), (
        "a picture is broken"
    )
    window.whole_page(SCREENSHOTS / f"report_{screen}_{scheme}.png")


def test_nothing_of_a_submission_runs(window, address):
    show(window, address, "desktop", "light")
    assert window.script("return document.title").startswith("4 of 11 points · </dd></style><script>")
    assert (
        window.script(
            "return document.scripts.length + document.querySelectorAll('iframe, [onerror], [href^=javascript]').length"
        )
        == 0
    )
    assert MARKUP[:60] in window.text()
    refused = window.script(
        "const s = document.createElement('script'); s.textContent = 'document.title = \"owned\"'; document.body.append(s);"
        "const i = document.createElement('img'); i.setAttribute('onerror', 'document.title = \"owned\"'); i.src = 'data:,x'; document.body.append(i);"
        "return new Promise(done => setTimeout(() => done(document.title), 300))"
    )
    assert refused.startswith("4 of 11 points"), "the page's policy lets no script run, whoever put it there"
    window.open(address)
    fetched = window.script(
        "return performance.getEntriesByType('resource').filter(e => !e.name.startsWith('data:')).map(e => e.name)"
    )
    assert fetched == []


def test_the_keyboard_reaches_and_opens_each_exercise(window, address):
    width, height = SCREENS["desktop"]
    window.emulate(width, height, "light")
    window.open(address)
    reached, rings = [], []
    for _ in range(40):
        window.keys(TAB)
        reached.append(
            window.script("const a = document.activeElement; return a.innerText.trim().split('\\n')[0] || a.id")
        )
        rings.append(window.script("return getComputedStyle(document.activeElement).outlineStyle"))
        if window.script("return document.activeElement.closest('article')?.id") == "00_sample-basics-Scale":
            break
    assert reached[0] == "Skip to the exercises"
    assert "00_sample" in reached
    assert "unfinished" in reached
    assert "double" in reached
    assert reached[-1] == "Scale"
    assert set(rings) == {"solid"}, "the focus is not seen somewhere"
    folded = "return document.getElementById('00_sample-basics-Scale').querySelector('details').open"
    assert window.script(folded) is False
    window.keys(ENTER)
    assert window.script(folded) is True


def test_the_filter_hides_what_has_passed(window, address):
    show(window, address, "phone", "light")
    shown = (
        "return [...document.querySelectorAll('article')].filter(a => a.offsetHeight > 0).map(a => a.id.split('-')[2])"
    )
    assert window.script(shown) == ["double", "Scale", "descend"]
    window.click("#unfinished")
    assert window.script(shown) == ["double", "Scale"]


@pytest.mark.skipif(not AXE.is_file(), reason=f"needs axe-core: {GET_AXE}")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", ["phone", "desktop"])
def test_axe_finds_nothing_serious(window, address, screen, scheme):
    show(window, address, screen, scheme)
    found = window.script(
        AXE.read_text(encoding="utf-8")
        + "; return axe.run(document, {resultTypes: ['violations']}).then(r => ({passes: r.passes.length, violations: r.violations.map("
        "v => [v.impact, v.id, v.help, v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + ' ' + n.failureSummary)])}))"
    )
    assert found["passes"] > 20, "axe did not run"
    assert found["violations"] == []
