import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inspector.engine.inputs import Background, Crash, Foreground, Launch, LogEvent, OptOut
from inspector.views.columns import Columns
from inspector.views.parsing import parse_time
from inspector.views.query import Query, QueryError, suggest
from inspector.views.text_index import TextIndex
from tests.views.story import tell


def a_day():
    steps = [(0, Launch())]
    for turn in range(60):
        at = 1 + turn * 200
        steps += [
            (at, LogEvent(f"Added To Cart {turn}", attributes={"kit": "braze"} if turn % 3 == 0 else {})),
            (at + 1, Background()),
            (at + (30 if turn % 2 else 100), Foreground()),
            (at + 100, Foreground()),
        ]
    steps += [(13_000, Crash("boom")), (13_001, Launch()), (13_002, OptOut()), (13_003, LogEvent("Gone"))]
    return tell(*steps)


RUN = a_day()
COLUMNS = Columns()
COLUMNS.update(RUN.journal)
LINES = [COLUMNS.line(row) for row in range(len(COLUMNS))]


def rows(text):
    return Query(text).rows(COLUMNS).tolist()


def where(condition):
    return [row for row, line in enumerate(LINES) if condition(row, line)]


LEVEL_OF = {name: code for code, name in enumerate(("VERBOSE", "DEBUG", "INFO", "NOTICE", "WARN", "ERROR"))}


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("", lambda row, line: True),
        ("level:warn", lambda row, line: LEVEL_OF[line.level] >= 4),
        ("level:=warn", lambda row, line: line.level == "WARN"),
        ("kind:timer,notify", lambda row, line: line.kind in ("timer", "notify")),
        ("-kind:timer", lambda row, line: line.kind != "timer"),
        ("session:2", lambda row, line: RUN.journal.entry(row + 1).session == 2),
        ("session:none", lambda row, line: RUN.journal.entry(row + 1).session is None),
        ("CART", lambda row, line: "cart" in line.text.lower()),
        ('"added to cart 7"', lambda row, line: "added to cart 7" in line.text.lower()),
        ("-kit", lambda row, line: "kit" not in line.text),
        ("timer", lambda row, line: line.kind == "timer" or "timer" in line.text.lower()),
        (
            r"/cart \d[05]\b/",
            lambda row, line: any(f"Cart {n}5" in line.text or f"Cart {n}0" in line.text for n in range(1, 6)),
        ),
        ("is:rejected", lambda row, line: line.kind == "rejected"),
        ("is:error", lambda row, line: line.level == "ERROR"),
        ("is:dropped", lambda row, line: "dropped" in line.text and "#" in line.text),
        ("is:input", lambda row, line: type(RUN.journal.entry(row + 1)).__name__ == "InputEntry"),
        ("#31", lambda row, line: row == 30),
        ("cause:1", lambda row, line: RUN.journal.entry(row + 1).cause == 1),
        ("after:01:00 before:2h", lambda row, line: 60_000 <= RUN.journal.entry(row + 1).t_ms < 7_200_000),
        (
            "kind:timer session:2 | level:error",
            lambda row, line: (
                (line.kind == "timer" and RUN.journal.entry(row + 1).session == 2) or line.level == "ERROR"
            ),
        ),
        ("-/cart/ cart", lambda row, line: False),
    ],
)
def test_terms(text, condition):
    assert rows(text) == where(condition)


@pytest.mark.parametrize(
    ("text", "start", "end", "word"),
    [
        ('warn "open', 5, 10, "not closed"),
        ("a /x(/", 4, 6, "regular expression"),
        ("colour:red", 0, 7, "colour:"),
        ("level:loud", 6, 10, "verbose"),
        ("kind:timer,nope", 5, 15, "nope"),
        ("session:two", 8, 11, "session:2"),
        ("after:noon", 6, 10, "no time"),
        ("a |", 2, 3, "after"),
        ("| a", 0, 1, "before"),
        ("a - b", 2, 3, "-"),
        ("level:", 0, 6, "needs a value"),
        ("//", 0, 2, "empty"),
    ],
)
def test_errors_say_what_and_where(text, start, end, word):
    with pytest.raises(QueryError) as caught:
        Query(text)
    assert (caught.value.start, caught.value.end) == (start, end)
    assert word in caught.value.message


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a|a)*",
        "(a?){40}",
        "a?" * 60 + "a" * 60,
        "(a|a)(a|a)" * 12,
        ".*.*.*.*x",
        r"(.*)\1",
        "(?P<x>a)(?P=x)",
        "a{99999999999}",
    ],
)
def test_patterns_that_could_run_for_ever_are_refused(pattern):
    with pytest.raises(QueryError):
        Query(f"/{pattern}/")


@pytest.mark.parametrize(
    "pattern", ["time.*left", r"\d+ s", "foo|bar", "[[]x", r"[\]/]+", "did (become|enter)", "a{2,5}b"]
)
def test_patterns_of_daily_use_are_taken(pattern):
    Query(f"/{pattern}/".replace("[\\]/]", "[\\]\\/]")).rows(COLUMNS)


WORDS = st.sampled_from(
    [
        "level:",
        "level:warn",
        "kind:",
        "timer",
        "-",
        "|",
        '"',
        "/",
        "\\",
        "(a+)+",
        "#3",
        "session:",
        "none",
        ",",
        "=",
        "after:",
        "1m",
        " ",
        "[",
        "a*",
        "{",
        "(?",
        "is:input",
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=12).map("".join)))
@example("/[[a]/")
@example("/(?x) # y/")
@example("/[/")
@example("/[\\/")
@example("after:" + "1" * 5000)
@example("session:²")
def test_any_text_is_a_filter_or_a_query_error(text):
    query, refused = None, None
    try:
        query = Query(text)
    except QueryError as error:
        refused = error
    if query is None:
        assert refused.message
        assert 0 <= refused.start <= refused.end <= len(text)
        return
    found = query.rows(COLUMNS)
    halves = [query.rows(COLUMNS, 0, 100), query.rows(COLUMNS, 100)]
    assert np.array_equal(found, np.concatenate(halves))
    assert suggest(text, len(text)) is not None


def test_newest_first_comes_in_slices_that_join_to_the_whole():
    query = Query("cart | session:3")
    parts, end = [], len(COLUMNS)
    while end:
        found, end = query.newest(COLUMNS, 5, end)
        parts.append(found)
    assert np.array_equal(np.concatenate(parts[::-1]), query.rows(COLUMNS))


@given(st.lists(st.text("abAB é", max_size=12), max_size=900), st.text("abé ", min_size=1, max_size=3), st.data())
def test_the_text_index_finds_what_a_loop_finds(lines, needle, data):
    index = TextIndex(lines.__len__, lines.__getitem__)
    first = data.draw(st.integers(0, len(lines)))
    end = data.draw(st.integers(first, len(lines)))
    expected = [row for row in range(first, end) if needle.lower() in lines[row].lower()]
    assert index.find(needle, first, end).tolist() == expected
    lines += ["ab", "a é b"] * 3
    expected = [row for row in range(len(lines)) if needle.lower() in lines[row].lower()]
    assert index.find(needle, 0, len(lines)).tolist() == expected
    assert index.texts(0, len(lines)) == [line.lower() for line in lines]


def test_dense_hits_in_several_chunks():
    lines = [f"row {number} {'x' if number % 3 else 'needle'}" for number in range(20_000)]
    index = TextIndex(lines.__len__, lines.__getitem__)
    assert index.find("needle", 5, 19_990).tolist() == [row for row in range(5, 19_990) if row % 3 == 0]
    assert not TextIndex(lines.__len__, lines.__getitem__).find("absent", 0, 20_000).size


def test_times():
    assert [
        parse_time(text) for text in ("01:00", "1:02:03.25", "90", "2m", "1h30m", "500ms", "x", "", "1:99")
    ] == [
        60_000,
        3_723_250,
        90_000,
        120_000,
        5_400_000,
        500,
        None,
        None,
        None,
    ]


def test_suggestions():
    assert [found.text for found in suggest("le", 2)] == ["level:"]
    assert [found.text for found in suggest("-level:w", 8)] == ["warn"]
    assert [found.text for found in suggest("kind:timer,no", 13)] == ["notify"]
    assert len(suggest("", 0)) == 7


def test_a_line_break_is_found_nowhere():
    assert rows('"launching\nNew"') == []
