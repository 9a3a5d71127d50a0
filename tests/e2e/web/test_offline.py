"""The page without a connection, in a real browser: what is kept, what is sent later, what is forgotten."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsers import Site, Visitor
from eventually import eventually
from playwright.sync_api import expect
from web_stage import PASSWORD

import client
from benchmarks.page import WANTED, Stage, measure

_KEPT = """async () => {
    const found = [];
    for (const name of await caches.keys()) found.push(...await (await caches.open(name)).keys());
    return found.map(one => one.url);
}"""
_VERSION = "() => /static\\/(\\w+)\\/main.js/.exec(document.querySelector('script').src)[1]"
_IS_KEPT = """async version => {
    const { installing, waiting, active } = await navigator.serviceWorker.getRegistration();
    const kept = await caches.match(`static/${version}/main.js`, { ignoreVary: true });
    return Boolean(kept) && !installing && !waiting && active.state === "activated";
}"""
_WAITS = """name => localStorage.setItem(`chat-waiting:${name}:one`, JSON.stringify(
    { ref: "one", to: "#lobby", text: "from tina", state: "sending", at: 1, body: { text: "from tina" } }))"""
_KEEPS = """async () => {
    const { Log, Store } = (await import(document.querySelector("script").src)).modules["store.js"];
    const store = new Store(), log = new Log();
    store.current = "#r4";
    const said = { type: "log", ref: "a", messages: [{ seq: 1 }], spans: [[1, 1]] };
    for (let number = 0; number < 60; number += 1) store.take({ ...said, conversation: `#r${number}` });
    log.put([{ seq: 5 }, { seq: 6 }]);
    log.put([{ seq: 2 }, { seq: 1 }, { seq: 9 }], [6]);
    log.put([{ seq: 5 }]);
    log.put([{ seq: 11 }, { seq: 10 }]);
    log.put([], [1, 11, 77]);
    return [[...store.logs.keys()], log.seqs];
}"""
_BADGES = """
    window.badges = [];
    navigator.setAppBadge = async (number) => { window.badges.push(number); };
    navigator.clearAppBadge = async () => { window.badges.push(0); };
"""


@pytest.fixture(name="town")
def _town(home: Site) -> Iterator[Site]:
    yield home
    lost = re.compile("ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED")
    troubles = [one for visitor in home.visitors for one in visitor.troubles if not lost.search(one)]
    home.leave()
    assert not troubles


def _enter(town: Site, name: str) -> Visitor:
    """Let somebody in whose browser keeps the page."""
    visitor = town.visitor(service_workers="allow").enter(name)
    visitor.page.wait_for_function("() => navigator.serviceWorker.controller")
    return visitor


def test_a_page_begins_offline_and_what_is_written_there_is_sent_once(town: Site) -> None:
    olga, terminal = _enter(town, "olga"), town.chat("otto")
    terminal.send("#lobby", "a private word")
    olga.message("a private word").wait_for()
    olga.box.fill("a draft")
    olga.context.set_offline(True)
    olga.page.reload()
    expect(olga.page.get_by_role("button", name="olga")).to_be_visible()
    expect(olga.page.get_by_role("status").filter(has_text="What you write is kept")).to_be_visible()
    expect(olga.log).to_have_text("Messages come when the connection is back.")
    expect(olga.box).to_have_value("a draft")
    olga.say("written offline")
    expect(olga.log).to_contain_text("written offline")
    olga.box.fill("another draft")
    olga.page.close()
    olga.page = olga.open()
    olga.page.goto(olga.url)
    expect(olga.log).to_contain_text("written offline")
    olga.context.set_offline(False)
    expect(olga.message("written offline").get_by_role("button", name="React")).to_have_count(1)
    expect(olga.message("a private word")).to_be_visible()
    expect(olga.box).to_have_value("another draft")
    olga.page.reload()
    expect(olga.message("written offline")).to_have_count(1)
    kept = olga.page.evaluate(_KEPT)
    assert kept
    assert all(re.fullmatch(r"(static/\w+/[\w./-]+)?", one.removeprefix(olga.url)) for one in kept)
    _signs_out_offline(olga)


def _signs_out_offline(olga: Visitor) -> None:
    """Sign out: nothing is kept then, and the gateway hears it when it can."""
    olga.context.set_offline(True)
    olga.page.reload()
    olga.say("a secret message")
    olga.box.fill("a secret draft")
    olga.page.get_by_role("button", name="Sign out").click()
    olga.page.get_by_role("dialog").get_by_role("button", name="Sign out").click()
    expect(olga.page.get_by_role("alert")).to_contain_text("does not answer")
    assert "secret" not in olga.page.evaluate("() => JSON.stringify({ ...localStorage, ...sessionStorage })")
    olga.page.reload()
    olga.context.set_offline(False)
    expect(olga.page.get_by_label("Password")).to_be_visible()
    assert not olga.page.evaluate("() => Object.keys(localStorage)")
    assert "name" not in olga.context.request.get(f"{olga.url}session").json()


def test_somebody_else_who_signs_in_gets_nothing_of_the_one_before(town: Site) -> None:
    tina = town.visitor().enter("tina")
    tina.box.fill("for tina only")
    tina.page.evaluate(_WAITS, "tina")
    form, headers = {"name": "tom", "password": PASSWORD, "sign_up": True}, {"Origin": tina.url.rstrip("/")}
    assert tina.context.request.post(f"{tina.url}session", data=form, headers=headers).ok
    town.chat("tilo").send("#lobby", "for everybody")
    tina.page.reload()
    expect(tina.page.get_by_role("button", name="tom")).to_be_visible()
    tina.message("for everybody").wait_for()
    expect(tina.box).to_have_value("")
    assert tina.message("from tina").count() == 0
    assert not tina.page.evaluate("() => Object.keys(localStorage).filter(key => key.includes(':tom'))")


def test_the_page_keeps_the_conversations_that_were_opened_last_and_messages_in_order(town: Site) -> None:
    page = town.visitor().page
    page.goto(town.url)
    names, seqs = page.evaluate(_KEEPS)
    assert names == ["#r4", *(f"#r{number}" for number in range(41, 60))]
    assert seqs == [2, 5, 9, 10]


def test_a_badge_stays_as_long_as_something_waits_in_any_tab(town: Site) -> None:
    rita, terminal = town.visitor(), town.chat("ralf")
    rita.context.add_init_script(_BADGES)
    rita.enter("rita")
    second = rita.open()
    second.goto(rita.url)
    second.get_by_role("button", name="Sign out").wait_for()
    terminal.send("@rita", "just for you")
    for page in (rita.page, second):
        expect(page).to_have_title(re.compile(r"^\(1\)"))
        expect(page.locator("link[rel=icon]")).to_have_attribute("href", re.compile("icon-waits"))
        assert page.evaluate("() => window.badges") == [1]
    second.close()
    rita.page.wait_for_function("() => window.badges.length === 2")
    rita.go("@ralf")
    expect(rita.page).to_have_title(re.compile("^@ralf"))
    assert rita.page.evaluate("() => window.badges") == [1, 1, 0]


@pytest.mark.long
def test_the_benchmark_of_the_page_measures_all_that_is_wanted(town: Site) -> None:
    stage = Stage(town.url, town.door, town.browser)
    figures = dict(measure(stage, messages=130, arrivals=2, rounds=1, throttle=1.0))
    assert set(figures) >= set(WANTED)
    assert all(value > 0 for value in figures.values())
    assert figures["first load, KB"] <= WANTED["first load, KB"]
    assert 100 < figures["messages in the DOM, most"] <= WANTED["messages in the DOM, most"]


@pytest.mark.long
def test_a_new_version_takes_over_whole(town: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sven, terminal = _enter(town, "sven"), town.chat("sam")
    before = sven.page.evaluate(_VERSION)
    terminal.send("@sven", "just for you")
    expect(sven.page).to_have_title(re.compile(r"^\(1\)"))
    sven.box.fill("a draft")
    shutil.copytree(Path(client.__file__).parent, tmp_path / "client")
    with (tmp_path / "client" / "web" / "static" / "style.css").open("a") as sheet:
        sheet.write("body { --newer: 1; }\n")
    town.town.kill(town.town.gateway)
    expect(sven.page).to_have_title(re.compile("^#lobby"))
    expect(sven.page.locator("link[rel=icon]")).not_to_have_attribute("href", re.compile("icon-waits"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    town.town.open_gateway()
    sven.page.wait_for_function(f"before => ({_VERSION})() !== before", arg=before)
    after = sven.page.evaluate(_VERSION)
    expect(sven.page).to_have_title(re.compile(r"^\(1\)"))
    eventually(lambda: sven.page.evaluate(_IS_KEPT, after), "the new version is kept")
    sven.context.set_offline(True)
    sven.page.reload()
    expect(sven.box).to_have_value("a draft")
    assert sven.page.evaluate("() => getComputedStyle(document.body).getPropertyValue('--newer')") == "1"
    loaded = sven.page.evaluate("() => performance.getEntriesByType('resource').map(one => one.name)")
    assert {one.split("/")[4] for one in loaded if "/static/" in one} == {after}
