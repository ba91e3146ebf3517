from inspector.engine.inputs import (
    Background,
    BeginSession,
    Crash,
    EndSession,
    ForceQuit,
    Foreground,
    Launch,
    LogEvent,
    OptOut,
    Resume,
    ScreenView,
    Set,
    Suspend,
)
from inspector.journal.fold import Fold
from inspector.views.columns import Columns
from inspector.views.countdown import countdown
from inspector.views.lanes import Lanes
from inspector.views.stats import range_stats
from inspector.why.sentences import what_ends, why_began, why_ended
from tests.views.story import tell


def fold_of(run):
    fold = Fold()
    for entry in run.journal.entries():
        fold.feed(entry)
    return fold


def reasons(run):
    return [(why_began(row, run.journal), why_ended(row, run.journal)) for row in fold_of(run).sessions]


def ends(run):
    return what_ends(fold_of(run), run.engine.settings, run.engine.now_ms)


def test_ended_by_timeout():
    run = tell((0, Launch()), (10, Background()), (100, Foreground()))
    first, second = reasons(run)
    assert first == (
        "Began because the app was launched with begin on launch on (G1).",
        "Ended by timeout: background 60.000 s ≥ timeout 60 s (G5); given end 00:10.000, noticed 01:10.000.",
    )
    assert second == (
        "Began because the app came to the front and no session was open (G7); "
        "session 1 had ended as of 00:10.000.",
        "Session 2 is still open.",
    )


def test_orphan_of_a_force_quit():
    run = tell((0, Launch()), (5, LogEvent()), (8, ForceQuit()), (9, Launch()))
    first, second = reasons(run)
    assert first[1] == (
        "The process was force quit at 00:08.000 with the session open; this launch 1 s later ended it "
        "as of the last thing recorded, 00:05.000 (G9)."
    )
    assert "session 1 was ended just before (force quit, G9)" in second[0]


def test_orphan_whose_timeout_passed_while_dead():
    run = tell((0, Launch()), (10, Background()), (20, Crash("x")), (300, Launch()))
    sentence = reasons(run)[0][1]
    assert sentence.startswith("The app crashed at 00:20.000")
    assert sentence.endswith("its timeout at 01:10.000 passed while no process lived (G9b).")


def test_late_because_suspended_or_changed():
    frozen = tell((0, Launch()), (10, Background()), (20, Suspend()), (200, Resume()))
    sentence = reasons(frozen)[0][1]
    assert "background 190.000 s ≥ timeout 60 s (G5)" in sentence
    assert (
        "the process was suspended until the resume (G17), 2 min 10 s after it was due at 01:10.000" in sentence
    )
    changed = tell((0, Launch()), (10, Background()), (30, Set({"session_timeout": 15})))
    assert "the timeout was changed from 60 s to 15 s (G12)" in reasons(changed)[0][1]


def test_by_hand_and_by_opting_out():
    run = tell((0, Launch()), (1, EndSession()), (2, BeginSession()), (3, OptOut()))
    (_, first), (began, second) = reasons(run)
    assert first == "Ended by hand: end_session was called at 00:01.000, and that moment is its end (G8a)."
    assert began == "Began by hand: begin_session was called at 00:02.000 (G8a)."
    assert second == "Ended because the user opted out of tracking at 00:03.000 (G16)."


def test_what_would_end_it():
    assert ends(tell((0, Launch()))) == "Nothing: in the foreground a session never expires (G2)."
    assert ends(tell((0, Launch()), (10, Background()), until=57.6)) == (
        "Timeout at 01:10.000 unless the app comes to the front, in 12.4 s (G3, G4)."
    )
    assert "Next launch ends it" in ends(tell((0, Launch()), (1, ForceQuit())))
    assert ends(tell((0, Launch()), automatic_tracking=False)).startswith(
        "No session is open; only begin_session"
    )
    assert ends(tell((0, Launch()), (1, BeginSession()), automatic_tracking=False)) == (
        "Only end_session: automatic tracking is off (G8)."
    )
    frozen = ((0, Launch()), (10, Background()), (20, Suspend()))
    assert "noticed at the next resume or foreground" in ends(tell(*frozen))
    assert ends(tell(*frozen, until=100)).startswith("Timeout, due since 01:10.000")
    assert "began in the background" in ends(tell((0, Launch(background=True)), (1, BeginSession())))
    assert ends(tell((0, Launch()), (1, OptOut()))) == (
        "No session is open, and none begins until the user opts in (G16)."
    )


def test_countdown_of_every_state():
    def seen(run):
        return countdown(fold_of(run), run.engine.now_ms, run.engine.settings)

    assert seen(tell()).state == "none"
    assert seen(tell((0, Launch()))).state == "idle"
    running = seen(tell((0, Launch()), (10, Background()), until=32.6))
    assert (running.state, running.left_ms, running.total_ms, running.deadline_ms) == (
        "running",
        37_400,
        60_000,
        70_000,
    )
    assert running.waits_for == "the timeout at 01:10.000"
    assert abs(running.share_left - 37.4 / 60) < 1e-9
    assert (
        seen(tell((0, Launch()), (10, Background()), (57.6, Foreground()))).note == "cancelled with 12.4 s left"
    )
    assert seen(tell((0, Launch()), (10, Background()), until=80)).note == "session 1 expired at 01:10.000"
    frozen = ((0, Launch()), (10, Background()), (20, Suspend()))
    assert seen(tell(*frozen)).state == "frozen"
    assert seen(tell(*frozen, until=90)).state == "overdue"
    assert seen(tell((0, Launch()), (1, ForceQuit()))).state == "orphan"
    assert seen(tell((0, Launch()), (1, BeginSession()), automatic_tracking=False)).state == "manual"


def test_numbers_of_a_range():
    run = tell(
        (0, Launch()),
        (5, LogEvent()),
        (10, Background()),
        (100, Foreground()),
        (110, ScreenView()),
        (120, ForceQuit()),
        (130, Launch()),
        (140, LogEvent()),
        until=150,
    )
    lanes, columns = Lanes(), Columns()
    lanes.update(run.journal)
    columns.update(run.journal)
    stats = range_stats(fold_of(run), lanes, columns, 0, 150_000, 150_000)
    assert (stats.sessions, stats.begun, stats.ended) == (3, 3, 2)
    assert stats.total_ms == 10_000 + 10_000 + 20_000
    assert stats.median_ms == 10_000
    assert (stats.foreground_ms, stats.background_ms) == (10_000 + 20_000 + 20_000, 90_000)
    assert stats.ends == {"force_quit": 1, "timeout": 1}
    assert stats.events["event"] == 2
    part = range_stats(fold_of(run), lanes, columns, 105_000, 5_000, 150_000)
    assert (part.t0_ms, part.sessions, part.begun, part.total_ms) == (5_000, 2, 1, 10_000)
    assert "Foreground: 10.0 %" in part.text()
    empty = range_stats(Fold(), Lanes(), Columns(), 0, 0)
    assert (empty.sessions, empty.median_ms, empty.foreground_share) == (0, None, None)
