from __future__ import annotations

from pathlib import Path

import pytest

import client.commands.quiet
from client.commands.quiet import find_zone, local_zone, parse_quiet
from client.text.notices import span_text

ZONES = {
    *("UTC", "Asia/Tokyo", "Asia/Rangoon", "Europe/Berlin", "Europe/Paris", "Europe/Rome"),
    *("America/Lima", "Etc/GMT+5"),
}


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setattr(client.commands.quiet, "available_timezones", lambda: ZONES)


@pytest.mark.parametrize(
    ("typed", "spans"),
    [
        ("mon-fri 22:00-07:00", ["mon-fri 22:00-07:00"]),
        ("Mon - Fri  22:00 – 7:00", ["mon-fri 22:00-07:00"]),
        ("monday to friday from 10pm until 7am", ["mon-fri 22:00-07:00"]),
        ("22-7", ["daily 22:00-07:00"]),
        ("daily 12am-12pm", ["daily 00:00-12:00"]),
        ("sat-mon 0:00-24:00", ["mon sat sun 00:00-00:00"]),
        ("fri,sat 23:30-9", ["fri sat 23:30-09:00"]),
        ("tue mon 1-2", ["mon tue 01:00-02:00"]),
        ("weekdays 22-7, weekend 23-10", ["mon-fri 22:00-07:00", "sat sun 23:00-10:00"]),
        ("mon wed thu fri 8-9", ["mon wed-fri 08:00-09:00"]),
    ],
)
def test_days_and_times_are_read_as_people_write_them(typed: str, spans: list[str]) -> None:
    found, zone = parse_quiet(typed)
    assert list(map(span_text, found)) == spans
    assert zone == "Asia/Tokyo"
    assert parse_quiet(f"{typed} europe/BERLIN") == (found, "Europe/Berlin")
    assert parse_quiet(", ".join(spans)) == (found, zone)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("mon-fri", "the times are missing; write them as in /quiet mon-fri 22:00-07:00"),
        ("22-7 sat", "the times are missing"),
        ("UTC", "the times are missing"),
        ("mon noon 22-7", "noon is neither a day nor a time"),
        ("mon noon", "noon is neither a day, a time nor a time zone"),
        ("mon 22:00-25:00", "22:00-25:00 is neither"),
        ("mon 13pm-7am", "13pm-7am is neither"),
        ("mon 22:60-7 UTC", "22:60-7 is neither"),
        ("t 22-7 UTC", "t is neither"),
        ("22-7 Europe/Berlni", "no time zone is called Europe/Berlni; the nearest name is Europe/Berlin"),
        ("22-7 berlin", "no time zone is called berlin; the nearest name is Europe/Berlin"),
        ("22-7 xyzzy9", "xyzzy9 is neither a day, a time nor a time zone"),
        ("\x1b[2J", "is neither a day, a time nor a time zone"),
    ],
)
def test_what_is_none_is_refused_with_a_sentence(typed: str, why: str) -> None:
    with pytest.raises(ValueError, match=r"; (write|the)") as refusal:
        parse_quiet(typed)
    assert why in str(refusal.value)


def test_the_zone_of_this_machine_comes_from_where_machines_have_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    link, file = tmp_path / "localtime", tmp_path / "timezone"
    monkeypatch.setattr(client.commands.quiet, "_LOCALTIME", link)
    monkeypatch.setattr(client.commands.quiet, "_TIMEZONE", file)
    monkeypatch.setenv("TZ", ":Europe/Paris")
    assert local_zone() == "Europe/Paris"
    monkeypatch.delenv("TZ")
    file.write_text("Europe/Rome\n", "utf-8")
    assert local_zone() == "Europe/Rome"
    link.symlink_to("/usr/share/zoneinfo/America/Lima")
    assert local_zone() == "America/Lima"


def test_a_machine_whose_zone_has_no_name_asks_for_one_unless_it_is_utc(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "XYZ-05:30")
    monkeypatch.setattr(client.commands.quiet.time, "daylight", 0)
    monkeypatch.setattr(client.commands.quiet.time, "timezone", -19_800)
    with pytest.raises(ValueError, match="name your time zone, as in /quiet"):
        parse_quiet("22-7")
    monkeypatch.setattr(client.commands.quiet.time, "timezone", 0)
    assert local_zone() == "UTC"


def test_a_machine_without_a_list_of_zones_takes_any_name_of_that_form(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client.commands.quiet, "available_timezones", set)
    assert find_zone("Mars/Olympus") == "Mars/Olympus"
    with pytest.raises(ValueError, match="write a time zone"):
        find_zone("../etc")
