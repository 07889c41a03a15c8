"""The report page: what is on it, that it needs nothing else, and that no text of a submission becomes markup."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest
from markupsafe import Markup

from autograder import drawn, page, svg
from autograder.model import Shapes
from autograder.page import line_of, rows_of, with_code
from autograder.png import encode
from tests.canned_page import HOSTILE, KEY, MARKUP, page_text
from tests.sample import SAMPLE, SUBMISSIONS, autograder

ELEMENTS = {
    "html", "head", "meta", "title", "style", "body", "svg", "symbol", "circle", "path", "rect", "use", "text", "a", "header", "div", "h1", "p",
    "span", "ul", "li", "b", "br", "time", "dl", "dt", "dd", "aside", "nav", "table", "caption", "thead", "tbody", "tr", "th", "td", "main",
    "section", "h2", "h3", "article", "details", "summary", "h4", "code", "pre", "figure", "figcaption", "img", "mark", "input", "label",
    "footer", "wbr",
}  # fmt: skip
URLS = ("href", "src", "action", "formaction", "data", "srcset", "poster", "background", "xlink:href", "ping", "cite")


class Seen(HTMLParser):
    """All elements with their attributes, and all text."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.text = [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        assert len(dict(attrs)) == len(attrs), f"an attribute twice: {attrs}"
        self.elements.append((tag, dict(attrs)))

    handle_startendtag = handle_starttag

    def handle_data(self, data):
        self.text += data

    def of(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def assert_inert(text):
    """No script, no handler, no style attribute, no address but places of the page itself and pictures that it holds; a policy that says so."""
    seen = Seen(text)
    assert {tag for tag, _ in seen.elements} <= ELEMENTS
    for tag, attributes in seen.elements:
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, attributes)
            assert name != "style", (tag, attributes)
            if name in URLS:
                assert re.fullmatch(
                    r"#[\w-]+" if name == "href" else r"data:image/png;base64,[A-Za-z0-9+/]+=*", value
                ), (tag, name, value[:80])
    assert "url(" not in text
    assert "@import" not in text
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policies = [a["content"] for a in seen.of("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    assert policies == [
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    ]
    assert text.index("Content-Security-Policy") < text.index("<style>")
    return seen


def assert_sound(seen):
    """Headings in order, ids once, a text for each picture, heads of tables with their scope."""
    levels = [int(tag[1]) for tag, _ in seen.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(levels)), levels
    ids = [attributes["id"] for _, attributes in seen.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert all(a["href"][1:] in ids for a in seen.of("a"))
    assert all(a["href"][1:] in ids for a in seen.of("use"))
    assert all(a["alt"] for a in seen.of("img"))
    assert all(a.get("aria-hidden") == "true" or (a["role"] == "img" and a["aria-label"]) for a in seen.of("svg"))
    assert all(a["scope"] in ("col", "row") for a in seen.of("th"))
    assert seen.of("html")[0]["lang"] == "en"
    assert all(dict(seen.elements)[tag] is not None for tag in ("main", "header", "nav", "footer"))


@pytest.fixture(scope="module")
def canned():
    return page_text()


def test_hostile_text_stays_text(canned):
    seen = assert_inert(canned)
    assert_sound(seen)
    assert seen.text.count("<script>document.title='owned'</script>") > 10
    assert "{{ 7 * 7 }}" in seen.text


def test_the_page_says_what_was_graded(canned):
    seen = Seen(canned)
    assert "4 of 11 points" in re.sub(r"\s+", " ", seen.text)
    for words in (
        "1 passed",
        "1 failed",
        "1 to do",
        "gives twice the input",
        "As above.",
        "Not written yet.",
        "nox -s hint -- 00_sample/basics/double",
    ):
        assert words in re.sub(r"\s+", " ", seen.text)
    opened = [a["id"] for a in seen.of("article")]
    assert opened == ["00_sample-basics-double", "00_sample-basics-Scale", "00_sample-basics-descend"]
    assert f"exercises/{KEY}.py:15" in seen.text, "the line of the student's own definition"
    assert HOSTILE.splitlines()[14].startswith("def double")


def test_pictures_of_each_kind_are_drawn(canned):
    seen = Seen(canned)
    words = [a["aria-label"] for a in seen.of("svg") if "aria-label" in a]
    assert any(
        w.startswith("Loss. yours: from 0.7 to 0.938, with nan or inf between; reference: from 0.7 to 0.0187")
        for w in words
    )
    assert any("75% of 60 fresh points lie in a region of their class" in w for w in words)
    assert "a, shape (3, 2): 3 rows, 2 columns" in words
    assert "returned, shape (12,): 12 elements" in words
    assert "expected, shape (): a single number, no dimension" in words
    assert any(a["alt"].startswith("The figure as your code drew it. In it stands: </dd>") for a in seen.of("img"))
    assert len(seen.of("img")) == 3


def test_messages_become_labelled_rows():
    labelled, others = rows_of("Called    f(x)\nWhy       <b>\nno label\nNextdoor x")
    assert labelled == (("Called", "f(x)"), ("Why", "<b>"))
    assert others == ("no label", "Nextdoor x")


def test_the_last_definition_counts():
    assert line_of("def f(x):\n    def f(y): ...\n\nclass  f : ...\ndef ff(): ...", "f") == 4
    assert line_of("x = 1", "f") is None
    assert line_of(None, "f") is None


def test_backticks_are_code_and_nothing_else():
    assert with_code("run `<b>` & `") == Markup("run <code>&lt;b&gt;</code> &amp; `")


@pytest.mark.parametrize("shape", [(), (5,), (1, 1), (3, 0), (400, 300), (2, 3, 4), (64, 3, 28, 28), (2, 2, 2, 2, 2)])
def test_any_shape_can_be_drawn(shape):
    text = svg.block(shape, "given", "x")
    assert f"x, shape {shape}" in text
    for size in shape[-3:]:
        assert f">{size}</text>" in text
    numbers = [float(n) for n in re.findall(r'(?:width|height)="([\d.]+)"', text)]
    assert max(numbers) < 420, "fits beside others, also on a phone"


def test_sizes_that_differ_are_marked():
    text = drawn.blocks(Shapes((), (3, 2), (3, 4)))
    assert "(3, <mark>2</mark>)" in text
    assert "(3, <mark>4</mark>)" in text
    assert "<mark>" not in drawn.blocks(Shapes((), (3, 2), (6,)))


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [(0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]), (0, 2.3, [0, 0.5, 1, 1.5, 2]), (1, 200, [50, 100, 150, 200]), (3, 3, [3])],
)
def test_ticks_are_round(low, high, wanted):
    assert svg.ticks(low, high) == pytest.approx(wanted)


def test_a_png_is_what_a_reader_reads():
    import io

    from PIL import Image

    for shape in ((5, 7), (5, 7, 3), (1, 1)):
        pixels = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
        assert np.array_equal(np.array(Image.open(io.BytesIO(encode(pixels)))), pixels)
    for wrong in (
        np.zeros((2, 2, 4), np.uint8),
        np.zeros((2, 2), np.float32),
        np.zeros((0, 2), np.uint8),
        np.zeros((2000, 2000), np.uint8),
    ):
        with pytest.raises(ValueError, match="picture"):
            encode(wrong)


# ---------------------------------------------------------------------------------------------------------- the command


def test_the_command_writes_one_page(tmp_path):
    out = tmp_path / "page.html"
    done = autograder("report", "--submission", SUBMISSIONS / "right", "--out", out, "--seed", "3", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"7 of 7 points; the page is {out}\n"
    assert list(tmp_path.iterdir()) == [out]
    text = out.read_text()
    seen = assert_inert(text)
    assert_sound(seen)
    assert "Everything that was graded has passed." in seen.text
    assert f"nox -s report -- --submission {SUBMISSIONS / 'right'} --seed 3" in seen.text
    words = [a["aria-label"] for a in seen.of("svg") if "aria-label" in a]
    (losses,) = [w for w in words if w.startswith("Loss of twenty steps. yours: from ")]
    yours, reference = re.findall(r"from (\d\S+ to \d\S+?)[;.]*(?: |$)", losses)
    assert yours == reference, "a right answer has the reference's curve: same inputs, same seeds"
    assert "The figure as your code drew it. In it stands: twice; x" in [a["alt"] for a in seen.of("img")]


def test_a_hostile_submission_stays_text(tmp_path):
    folder = tmp_path / f"hand{chr(38)}in<b>"
    (folder / "00_sample").mkdir(parents=True)
    (folder / "00_sample" / "basics.py").write_text(HOSTILE)
    out = tmp_path / "page.html"
    done = autograder("report", "--submission", folder, "--out", out, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    seen = assert_inert(out.read_text())
    assert_sound(seen)
    assert f"{MARKUP[:40]}" in seen.text, "the name of the exception class"
    assert "is left out: the call raised </dd></style>" in seen.text
    assert "]]>--><!--" in seen.text, "what was printed"


def test_a_page_that_cannot_be_written_is_said_before_grading(tmp_path):
    done = autograder("report", "--out", tmp_path / "no" / "page.html")
    assert done.returncode == 2
    assert "there is no folder" in done.stderr
    done = autograder("report", "--out", tmp_path)
    assert done.returncode == 2
    assert "is a folder" in done.stderr


def test_the_json_of_grade_is_as_it_was(tmp_path):
    done = autograder("grade", "--submission", SUBMISSIONS / "wrong", "--json", tmp_path / "r.json")
    assert done.returncode == 1
    found = json.loads((tmp_path / "r.json").read_text())
    assert {key for e in found["exercises"] for c in e["checks"] for key in c} == {
        "name",
        "status",
        "points",
        "max_points",
        "message",
    }


def test_the_style_has_no_address_and_no_end():
    style = (page.HERE / "page.css").read_text()
    assert "</" not in style
    assert SAMPLE.is_dir()
