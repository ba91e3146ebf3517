from __future__ import annotations

import math
import os
from pathlib import Path

import pytest

from inspector.desktop.settings import FIELDS, MAX_FILE_BYTES, Settings, directory


def test_round_trip_keeps_comments_and_foreign_keys(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('# mine\ntheme = "light" # bright\nfuture = [1, 2]\n', "utf-8")
    settings = Settings(tmp_path)
    assert settings["theme"] == "light"
    settings["text_percent"] = 150
    settings["event_name"] = 'Quote " and ünïcode \n'
    assert settings.save() == ""
    text = path.read_text("utf-8")
    assert text.startswith("# mine\n")
    assert "# bright" in text
    assert "future = [1, 2]" in text
    again = Settings(tmp_path)
    assert again["text_percent"] == 150
    assert again["event_name"] == 'Quote " and ünïcode \n'
    assert again.messages == []


def test_unchanged_writes_nothing(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "none")
    settings["theme"] = "system"
    assert settings.save() == ""
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("content", [b"theme = ", b"\xff\xfe", b"a" * 10, b"x = " + b"[" * 5000])
def test_broken_file_is_put_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(content)
    settings = Settings(tmp_path)
    assert settings["theme"] == "system"
    assert "settings.bad.toml" in settings.messages[0]
    assert (tmp_path / "settings.bad.toml").read_bytes() == content
    settings["theme"] = "dark"
    assert settings.save() == ""
    assert Settings(tmp_path)["theme"] == "dark"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
@pytest.mark.timeout(20)
def test_a_pipe_or_a_folder_in_its_place_is_put_aside_not_waited_for(tmp_path: Path) -> None:
    for make in (os.mkfifo, os.mkdir):
        folder = tmp_path / make.__name__
        folder.mkdir()
        make(folder / "settings.toml")
        settings = Settings(folder)
        assert "settings.bad.toml" in settings.messages[0]
        settings["theme"] = "dark"
        assert settings.save() == ""
        assert Settings(folder)["theme"] == "dark"


def test_two_windows_keep_what_the_other_one_changed(tmp_path: Path) -> None:
    one, other = Settings(tmp_path), Settings(tmp_path)
    one["theme"] = "dark"
    other["text_percent"] = 150
    assert one.save() == other.save() == ""
    again = Settings(tmp_path)
    assert (again["theme"], again["text_percent"]) == ("dark", 150)


def test_huge_file_is_read_no_further_than_its_limit(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes(b"#" * (MAX_FILE_BYTES + 10))
    assert Settings(tmp_path)["theme"] == "system"


def test_values_that_cannot_be_used_fall_back_one_by_one(tmp_path: Path) -> None:
    text = 'theme = "pink"\ntext_percent = 1000\ncustom_speed = 5\nnotifications = 1\nspeed = nan\n'
    (tmp_path / "settings.toml").write_text(text, "utf-8")
    settings = Settings(tmp_path)
    assert (settings["theme"], settings["text_percent"], settings["custom_speed"]) == ("system", 100, 5.0)
    assert settings["notifications"] is False
    assert math.isfinite(settings["speed"])
    assert len(settings.messages) == 4


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = Settings(tmp_path / "file" / "below")
    settings["theme"] = "dark"
    assert "could not be saved" in settings.save()


def test_wrong_values_and_names_are_refused(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    with pytest.raises(ValueError, match="Theme"):
        settings["theme"] = "pink"
    with pytest.raises(KeyError):
        settings["nothing"] = 1


def test_every_setting_is_described() -> None:
    assert len({field.name for field in FIELDS}) == len(FIELDS)
    for field in FIELDS:
        assert field.title
        assert field.description
        assert field.usable(field.default)


def test_the_environment_overrides_the_folder(home: Path) -> None:
    assert directory() == home / "config"
