"""What a page of another site, a proxy or a hostile client may not do with a served book."""

import json
import os
import socket

import pytest
from live_book import BROKEN, OWN, TOKEN, YEARS, Clients, Live, write
from small_book import own_table

from helpers.pipeline.live import asking, guard, server
from helpers.pipeline.live.guard import Access, client

MINE = {"name": "mine", "title": "Mine", "why": "To see.", "values": {"damping": "0.8"}}
SCRIPT = "<script>alert(1)</script>"
EVERY = ("/intro.html", "/none.html", "/live/book.js", "/live/none.js", "/",
         f"/live/answers/{YEARS}/.json", f"/live/answers/{YEARS}/x=1.json", "/live/check?x=1",
         "/live/editions/none.json")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return write(tmp_path_factory.mktemp("safe") / "book")


@pytest.fixture(scope="module")
def live(project):
    with Live(project) as found:
        yield found


@pytest.fixture(scope="module")
def public(project):
    with Live(project, public=True, names=("book.example",)) as found:
        yield found


# ------------------------------------------------------------------ whom a request is for


@pytest.mark.parametrize("path", EVERY)
@pytest.mark.parametrize("host", [
    "evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost", "",
    "127.0.0.1:{port}.evil.example", "127.0.0.1:{port}@evil.example", "0.0.0.0:{port}", None])
def test_a_name_that_leads_here_by_rebinding_gets_nothing(live, path, host):
    status, headers, content = live.ask(path, Host=host and host.format(port=live.port))
    assert status in (400, 403) and b"text</body>" not in content
    assert "Location" not in headers


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "LocalHost:{port}"])
def test_our_own_names_are_served(live, host):
    assert live.ask("/intro.html", Host=host.format(port=live.port))[0] == 200


def test_two_names_at_once_are_none(live):
    text = f"GET /intro.html HTTP/1.1\r\nHost: {live.host}\r\nHost: evil.example\r\n\r\n"
    assert b" 200 " not in live.raw(text.encode()).split(b"\r\n")[0]


def test_a_whole_address_in_the_request_leads_nowhere(live):
    text = (f"GET http://evil.example/intro.html HTTP/1.1\r\nHost: {live.host}\r\n"
            f"Connection: close\r\n\r\n")
    assert b" 404 " in live.raw(text.encode()).split(b"\r\n")[0]


# ------------------------------------------------------------------ changes


@pytest.mark.parametrize("headers", [
    {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": None},
    {"Origin": "http://127.0.0.1"}, {"Origin": "https://{host}"}, {"Origin": "http://{host}.evil"},
    {"Origin": "http://localhost:{port}"},
    {"Content-Type": "text/plain"}, {"Content-Type": "application/x-www-form-urlencoded"},
    {"Content-Type": "multipart/form-data"}, {"Content-Type": None},
    {"Content-Type": "text/plain; application/json"},
    {"X-Book-Token": None}, {"X-Book-Token": ""}, {"X-Book-Token": TOKEN[:-1]},
    {"X-Book-Token": TOKEN + "x"}, {"X-Book-Token": "\xe9"}, {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"}, {"Host": "evil.example"}])
@pytest.mark.parametrize("path", ["/live/scenarios", "/live/editions"])
def test_a_change_from_elsewhere_or_without_the_token_is_refused(live, project, path, headers):
    headers = {name: value and value.format(host=live.host, port=live.port)
               for name, value in headers.items()}
    assert live.post(path, MINE, **headers)[0] == 403
    assert list(project.scenarios.iterdir()) == []


def test_without_such_a_fault_the_same_change_is_made(live, project):
    """The red case of the test above."""
    assert live.post("/live/scenarios", MINE, **{"Sec-Fetch-Site": "same-origin"})[0] == 201
    (project.scenarios / "mine.toml").unlink()


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE", "PATCH", "HEAD", "TRACE"])
def test_other_ways_to_ask_are_not_known(live, method):
    sent = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
    status, headers, _ = live.ask("/live/scenarios", method, **sent)
    assert status == 405 and not [name for name in headers if "access-control" in name.lower()]


def test_what_is_only_read_is_not_changed_by_a_post(live):
    for path in (f"/live/answers/{YEARS}/.json", "/live/book.js", "/intro.html"):
        assert live.post(path, {})[0] == 405 if "intro" not in path else live.ask(
            path, "POST", b"{}", Origin=f"http://{live.host}", X_Book_Token=TOKEN,
            Content_Type="application/json")[0] == 405


@pytest.mark.parametrize("body", [b"", b"x", b"[]", b"3", b'"x"', b"\xff", b"[" * 5000, b"{}",
                                  b'{"values": 3}', b'{"values": {"damping": NaN}}'])
def test_a_body_that_is_none_is_refused_in_a_line(live, body):
    for path in ("/live/scenarios", "/live/editions"):
        if path == "/live/editions" and b"damping" in body:
            continue
        status, told = live.post(path, body)
        assert status in (400, 409) and "\n" not in told["error"]
        assert "Traceback" not in told["error"]


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_cannot_have_chapters_run(live, site):
    before = live.runner.count()
    for path in (f"/live/answers/{YEARS}/horizon_year=2035.json", "/live/take/.zip",
                 "/live/events", "/live/book.js"):
        assert live.ask(path, Sec_Fetch_Site=site)[0] == 403
    assert live.runner.count() == before
    assert live.ask("/intro.html", Sec_Fetch_Site=site)[0] == 200  # a link may lead here


# ------------------------------------------------------------------ files


@pytest.mark.parametrize("path", [
    "/../secret.txt", "/chapters/../../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt",
    "/%2e%2e%2fsecret.txt", "/chapters/%2e%2e/%2e%2e/secret.txt", "/..\\secret.txt",
    "/..%5csecret.txt", "/%252e%252e/secret.txt", "/intro.html%00", "/intro.html%00.txt",
    "/%00", "//etc/passwd", "/%2fetc%2fpasswd", "/{secret}", "/%2f{secret}", "/link.txt",
    "/linked/secret.txt", "/circle/x", "/chapters", "/chapters/", "/.", "/" + "a" * 300,
    "/" + "a/" * 2000 + "x", "/%ff", "/%c0%ae%c0%ae/secret.txt", "/intro.html/", "/intro.html/x",
    "/live/../intro.html", "/live/%2e%2e/secret.txt", "/live/..%2f..%2fsecret.txt",
    "/live/static/panel.js", "/editions/..%2f..%2f/html/secret.txt",
    "/editions/%2e%2e/html/../secret.txt", "/editions/x/html/../../../secret.txt",
    "/live/files/..%2f/x/y", "/live/editions/..%2f..%2fsecret.json"])
def test_nothing_but_the_pages_is_read(live, project, path):
    folder = live.wanted.folder
    secret = project.build / "secret.txt"
    secret.write_text("SECRET")
    for name, target in (("link.txt", secret), ("linked", project.build),
                         ("circle", folder / "circle")):
        if not os.path.lexists(folder / name):
            (folder / name).symlink_to(target)
    status, _, content = live.ask(path.replace("{secret}", str(secret)))
    assert status in (400, 404) and b"SECRET" not in content and b"root:" not in content
    assert len(content) < 500 and content.count(b"\n") <= 1


def test_a_link_within_the_pages_is_followed(live):
    """The red case of the test above: it is the place that counts, not the link."""
    if not os.path.lexists(live.wanted.folder / "same.html"):
        (live.wanted.folder / "same.html").symlink_to(live.wanted.folder / "intro.html")
    assert live.ask("/same.html")[0] == 200


# ------------------------------------------------------------------ what comes back


@pytest.mark.parametrize("path", EVERY)
def test_every_answer_has_the_headers_that_protect_a_page(live, path):
    _, headers, _ = live.ask(path, Origin="http://evil.example")
    policy = headers["Content-Security-Policy"]
    assert policy == "default-src 'self'; frame-ancestors 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert not [name for name in headers if name.lower().startswith("access-control")]
    assert "Set-Cookie" not in headers and "Server" not in headers


@pytest.mark.parametrize("path", [
    f"/{SCRIPT}", f"/chapters/{SCRIPT}.html", f"/live/{SCRIPT}",
    f"/live/answers/{SCRIPT}/.json", f"/live/answers/{YEARS}/{SCRIPT}.json",
    f"/live/answers/{YEARS}/horizon_year={SCRIPT}.json",
    f"/live/answers/{YEARS}/display_currency={SCRIPT}.json",
    f"/live/answers/{YEARS}/.json?against={SCRIPT}", f"/live/files/{YEARS}//{SCRIPT}.csv",
    f"/live/files/{YEARS}/x={SCRIPT}/y.csv", f"/live/take/x={SCRIPT}.zip",
    f"/live/check?display_currency={SCRIPT}", f"/live/check?{SCRIPT}",
    f"/live/editions/{SCRIPT}.json", f"/editions/{SCRIPT}/html/x.html", f"/?token={SCRIPT}"])
def test_a_script_in_a_text_is_never_one(live, path):
    encoded = path.replace("<", "%3C").replace(">", "%3E").replace("/script", "%2Fscript")
    for asked in (encoded, path):
        _, headers, content = live.ask(asked, X_Book_Urgency=SCRIPT)
        assert b"<script>alert" not in content
        assert headers["Content-Type"].split(";")[0] in ("application/json", "text/plain",
                                                        "text/html")
        if headers["Content-Type"].startswith("text/html"):
            assert headers.get("Location")  # a redirection without a page
        assert "\n" not in headers.get("Location", "") and "<" not in headers.get("Location", "")


def test_a_script_in_a_saved_text_is_text(live, project):
    told = {**MINE, "title": SCRIPT, "why": SCRIPT}
    assert live.post("/live/scenarios", told)[0] == 201
    script = live.ask("/live/book.js")[2]
    (project.scenarios / "mine.toml").unlink()
    assert b"<" not in script and b"\\u003cscript\\u003e" in script


def test_a_script_in_a_cell_of_a_readers_own_table_is_text_in_an_answer(project, tmp_path):
    folder = own_table(tmp_path / "mine",
                       change=lambda text: text.replace("policies and standards", SCRIPT))
    baseline = Live(project)
    with Live(project.with_own_data(folder)) as live:
        own = live.runner.ask(live.book.plans.of(OWN, {})).future.result(120)
        shipped = baseline.runner.ask(baseline.book.plans.of(OWN, {})).future.result(120)
        from helpers.pipeline.live import answers

        told = answers.of(live.book.project, OWN, {}, own, shipped)
        html = "".join(told["exhibits"]["ratings"]["pages"].values())
        assert SCRIPT not in html and "&lt;script&gt;" in html
        assert told["records"]["first"]["text"] == f"The first is {SCRIPT}."  # a text, not HTML
        sent = live.ask(f"/live/answers/{OWN}/.json")[2]
        assert b"<" not in sent
    for each in baseline.sockets:
        each.close()


def test_what_our_code_does_wrong_is_not_told(live, monkeypatch):
    monkeypatch.setattr(live.book, "asked", lambda *told: 1 / 0)
    status, _, content = live.ask(f"/live/answers/{YEARS}/.json")
    assert status == 500 and json.loads(content) == {"error": "Internal Server Error."}


# ------------------------------------------------------------------ too long, too large, too slow


def test_what_is_too_long_is_refused(live):
    assert live.ask("/intro.html?" + "x" * asking.LONGEST_URI)[0] == 400
    status, _, content = live.ask(f"/live/answers/{YEARS}/x={'1' * 3000}.json")
    assert status == 400 and len(content) < 500
    text = f"GET / HTTP/1.1\r\nHost: {live.host}\r\nX: {'x' * 2 * server.LARGEST_HEADER}\r\n\r\n"
    assert b" 200 " not in live.raw(text.encode())


def test_a_body_that_is_too_large_is_refused_before_it_is_read(live):
    head = (f"POST /live/scenarios HTTP/1.1\r\nHost: {live.host}\r\nOrigin: http://{live.host}\r\n"
            f"Content-Type: application/json\r\nX-Book-Token: {TOKEN}\r\n")
    answer = live.raw(f"{head}Content-Length: {10 << 30}\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 413 ")
    size = asking.LARGEST_BODY + 1
    chunked = f"{head}Transfer-Encoding: chunked\r\n\r\n{size:x}\r\n".encode() + b"x" * size
    assert not live.raw(chunked + b"\r\n0\r\n\r\n").startswith(b"HTTP/1.1 2")
    get = f"GET /intro.html HTTP/1.1\r\nHost: {live.host}\r\nContent-Length: 5\r\n\r\nhello"
    assert live.raw(get.encode()).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("begun", [
    "GET / HTTP/1.1\r\nHost: {host}\r\nX-Slow: ",
    "POST /live/scenarios HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
    "Content-Type: application/json\r\nX-Book-Token: {token}\r\nContent-Length: 100\r\n\r\n{{",
    "GET /intro.html HTTP/1.1\r\nHost: {host}\r\n\r\n"])
def test_a_slow_client_is_let_go(project, monkeypatch, begun):
    """Whether it sends no end of its headers or of its body, or nothing more at all."""
    monkeypatch.setattr(server, "BODY_SECONDS", 0.5)
    monkeypatch.setattr(server, "IDLE_SECONDS", 0.5)
    with Live(project) as live:
        live.raw(begun.format(host=live.host, token=TOKEN).encode())  # ends, or times out


def test_without_a_limit_it_would_hold_its_place(project, monkeypatch):
    """The red case of the test above."""
    monkeypatch.setattr(server, "IDLE_SECONDS", 3600)
    with Live(project) as live, pytest.raises(TimeoutError):
        live.raw(f"GET / HTTP/1.1\r\nHost: {live.host}\r\nX-Slow: ".encode(), wait=3)


@pytest.mark.parametrize("text", [b"\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00", b"x" * 9999,
                                  b"GET / HTTP/9.9\r\n\r\n",
                                  b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n",
                                  b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
                                  b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 2\r\n\r\n"])
def test_what_is_no_request_ends_its_own_connection_alone(live, text):
    with socket.create_connection(("127.0.0.1", live.port)) as connection:
        connection.sendall(text)
        connection.shutdown(socket.SHUT_WR)
        found = connection.recv(65536)
    assert b"Traceback" not in found and b" 200 " not in found
    assert live.ask("/intro.html")[0] == 200


# ------------------------------------------------------------------ for others


def test_a_public_book_is_read_by_its_name_and_changed_by_nobody(public):
    assert public.ask("/intro.html", Host="book.example")[0] == 200
    assert public.ask("/intro.html", Host="BOOK.example:443")[0] == 200
    assert public.ask("/intro.html", Host="other.example")[0] == 403
    assert public.json(f"/live/answers/{YEARS}/.json", Host="book.example")["records"] == {}
    for path in ("/live/scenarios", "/live/editions"):
        status, told = public.post(path, MINE, Host="book.example",
                                   Origin="http://book.example")
        assert status == 403 and "read only" in told["error"]
    assert public.ask("/live/events", Host="book.example")[0] == 403
    assert public.ask("/edition.json", Host="book.example")[0] == 404
    assert b'"mode":"public"' in public.ask("/live/book.js", Host="book.example")[2]


def test_each_reader_of_a_public_book_is_bounded(project):
    now = [0.0]
    clients = Clients(at_a_time=2, a_minute=3, now=lambda: now[0])
    with Live(project, public=True, names=("book.example",), clients=clients) as live:
        def ask(who):
            return live.ask("/intro.html", Host="book.example", X_Forwarded_For=who)

        assert [ask("203.0.113.1")[0] for _ in range(4)] == [200, 200, 200, 429]
        assert ask("203.0.113.1")[1]["Retry-After"]
        assert ask("203.0.113.2")[0] == 200  # another reader
        # What a reader writes into the header himself stands before what the proxy adds.
        assert ask("198.51.100.7, 203.0.113.1")[0] == 429
        now[0] = 20.0
        assert [ask("203.0.113.1")[0] for _ in range(2)] == [200, 429]
    assert not any(running for running, *_ in clients._known.values())


def test_requests_at_a_time_are_bounded():
    clients = Clients(at_a_time=2, a_minute=100, now=lambda: 0.0)
    assert [clients.enter("a") for _ in range(3)] == [True, True, False]
    clients.leave("a")
    assert clients.enter("a") and clients.enter("b")


def test_readers_who_are_remembered_are_bounded(monkeypatch):
    monkeypatch.setattr(guard, "MOST_CLIENTS", 10)
    clients = Clients(now=lambda: 0.0)
    clients.enter("one who waits")
    for number in range(50):
        clients.enter(str(number))
        clients.leave(str(number))
    assert len(clients._known) <= 11 and "one who waits" in clients._known


@pytest.mark.parametrize("remote, forwarded, who", [
    ("127.0.0.1", "203.0.113.1", "203.0.113.1"), ("::1", "a, 203.0.113.1", "203.0.113.1"),
    ("203.0.113.9", "198.51.100.1", "203.0.113.9"), ("127.0.0.1", "", "127.0.0.1"),
    ("127.0.0.1", "evil", "unknown"), ("127.0.0.1", "2001:db8::1", "2001:db8::/64"),
    ("127.0.0.1", "2001:db8::ffff", "2001:db8::/64")])
def test_who_asks_is_known_from_the_proxy_here_alone(remote, forwarded, who):
    assert client(remote, forwarded) == who


def test_a_public_name_is_not_one_of_a_private_book():
    assert Access(8090, names=("book.example",)).fault_of_host("book.example")
    assert not Access(8090, public=True, names=("book.example",)).fault_of_host("book.example")


def test_it_listens_on_this_machine_alone(live):
    assert {each.getsockname()[0] for each in live.sockets} == {"127.0.0.1"}


def test_a_failed_run_tells_no_more_than_its_line(live):
    told = live.json(f"/live/answers/{BROKEN}/horizon_year=2035.json")
    assert "\n" not in told["reason"] and "Traceback" not in told["reason"]
