"""Tabs of one browser, browsers of one person, the browser's own buttons, and pages of other sites."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from browsers import Site
from playwright.sync_api import expect
from web_stage import PASSWORD


def test_tabs_of_one_browser_share_what_is_sent_read_and_ended(town: Site) -> None:
    tess = town.visitor().enter("tess")
    tess.say("/join #tabs")
    expect(tess.page.get_by_role("heading", name="#tabs")).to_be_visible()
    other = tess.open()
    other.goto(f"{town.url}#c=%23tabs")
    tess.say("from the first tab")
    expect(other.get_by_role("log")).to_contain_text("from the first tab")
    sessions = town.chat("ted")
    sessions.send("@tess", "hello")
    expect(other).to_have_title(re.compile(r"^\(1\)"))
    expect(tess.page).to_have_title(re.compile(r"^\(1\)"))
    other.get_by_role("navigation").get_by_role("button", name="@ted").click()
    expect(other.get_by_role("log")).to_contain_text("hello")
    expect(tess.page).to_have_title("#tabs · Chat")
    other.get_by_role("button", name="tess", exact=True).click()
    other.get_by_role("menuitem", name="My sessions").click()
    panel = other.get_by_role("region", name="My sessions")
    expect(panel.get_by_text("this one")).to_have_count(1)
    expect(panel.get_by_text("connected")).to_have_count(1)
    other.get_by_role("button", name="Sign out").click()
    other.get_by_role("dialog").get_by_role("button", name="Sign out").click()
    for page in (tess.page, other):
        expect(page.get_by_label("Password")).to_be_visible()
    assert "from the first tab" not in tess.page.content()


def test_two_browsers_of_one_person_show_the_same(town: Site) -> None:
    desk, phone = town.visitor().enter("una"), town.visitor()
    form = {"name": "una", "password": PASSWORD}
    origin = {"Origin": town.url.rstrip("/")}
    assert phone.context.request.post(f"{town.url}session", data=form, headers=origin).ok
    phone.page.goto(town.url)
    desk.say("from the desk")
    expect(phone.message("from the desk")).to_be_visible()
    phone.page.get_by_role("button", name="una", exact=True).click()
    phone.page.get_by_role("menuitem", name="My sessions").click()
    panel = phone.page.get_by_role("region", name="My sessions")
    expect(panel.get_by_text("connected")).to_have_count(2)
    panel.get_by_role("button", name="End it").click()
    phone.page.get_by_role("dialog").get_by_role("button", name="End it").click()
    expect(desk.page.get_by_label("Password")).to_be_visible()
    phone.say("still here")
    expect(phone.message("still here")).to_be_visible()


def test_back_forward_reload_and_links_lead_where_they_say(town: Site) -> None:
    vera = town.visitor().enter("vera")
    page = vera.page
    for room in ("#north", "#south"):
        vera.say(f"/join {room}")
        expect(page.get_by_role("heading", name=room)).to_be_visible()
        vera.say(f"it is {room}")
        vera.message(f"it is {room}").wait_for()
    page.go_back()
    expect(page.get_by_role("heading", name="#north")).to_be_visible()
    expect(vera.message("it is #north")).to_be_visible()
    page.go_forward()
    expect(page.get_by_role("heading", name="#south")).to_be_visible()
    page.reload()
    expect(vera.message("it is #south")).to_be_visible()
    link = vera.open()
    link.goto(f"{town.url}#c=%23north&m=1")
    expect(link.locator("article[data-seq='1']")).to_be_focused()
    elsewhere = town.visitor()
    elsewhere.page.goto(f"{town.url}#c=%23south&m=1")
    elsewhere.page.get_by_label("Name").fill("vera")
    elsewhere.page.get_by_label("Password").fill(PASSWORD)
    elsewhere.page.get_by_role("button", name="Sign in").click()
    expect(elsewhere.message("it is #south")).to_be_focused()


_ATTACK = """<body><script>
const at = "TARGET", done = [];
const frame = address => new Promise(next => {
    const made = document.createElement("iframe");
    made.onload = next;
    made.src = address;
    document.body.append(made);
    setTimeout(next, 2000);
});
const image = new Promise(next => {
    const made = new Image();
    made.onload = made.onerror = next;
    made.src = `${at}session`;
});
const form = document.createElement("form");
form.action = `${at}session`; form.method = "post"; form.enctype = "text/plain"; form.target = "there";
form.innerHTML = `<input name='{"name":"mallory","guest":true,"x":"' value='"}'>`;
const inside = document.createElement("iframe");
inside.name = "there";
document.body.append(inside, form);
form.submit();
const posts = ["POST", "DELETE", "PUT"].map(method =>
    fetch(`${at}session`, { method, mode: method === "POST" ? "no-cors" : "cors", credentials: "include" })
        .then(answer => answer.text()).then(text => text && done.push(`${method} ${text}`), () => {}));
const socket = new Promise(next => {
    const made = new WebSocket(`${at.replace("http", "ws")}socket`);
    made.onopen = () => { done.push("a socket"); next(); };
    made.onerror = next;
});
const read = fetch(`${at}session`, { credentials: "include" }).then(() => done.push("a session"), () => {});
Promise.all([...posts, image, socket, read, frame(at)]).then(() => {
    document.title = `tried: ${done}`;
});
</script></body>"""


@contextmanager
def _other_site(target: str) -> Iterator[str]:
    """Serve a page that attacks, on another port of this host, and of localhost."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(_ATTACK.replace("TARGET", target).encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_a_page_of_another_site_can_do_nothing(town: Site) -> None:
    wanda = town.visitor().enter("wanda")
    cookies = wanda.context.cookies()
    with _other_site(town.url) as where:
        for host in (where, where.replace("localhost", "127.0.0.1")):
            attacker = wanda.context.new_page()
            attacker.goto(f"http://{host}/")
            expect(attacker).to_have_title("tried: ", timeout=10_000)
            assert not [one.url for one in attacker.frames if one.url.startswith(town.url)]
            attacker.close()
    assert wanda.context.cookies() == cookies
    wanda.say("it is still me")
    expect(wanda.message("it is still me")).to_be_visible()


def test_a_link_for_signing_in_asks_who_is_signed_in_already(town: Site) -> None:
    wilma = town.visitor().enter("wilma")
    for goes_on in (False, True):
        wilma.page.goto("about:blank")
        wilma.page.goto(f"{town.url}#code=ABCD2345")
        dialog = wilma.page.get_by_role("dialog")
        expect(dialog).to_contain_text("You are signed in here as wilma.")
        dialog.get_by_role("button", name="Sign in anew" if goes_on else "Cancel").click()
        if not goes_on:
            expect(wilma.box).to_be_visible()
    expect(wilma.page.get_by_label("Code")).to_have_value("ABCD2345")
