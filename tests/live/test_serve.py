"""The command `book serve`: it builds what is not current, serves, and leaves nothing behind."""

import http.client
import json
import os
import re
import signal
import socket
import sys
import threading
from pathlib import Path

import pytest
import small_book
from live_book import PATIENCE, until

pytestmark = [pytest.mark.slow,
              pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")]

YEARS, LONG = "1-years", "2-long"
RESTS = ("import time\nfrom helpers import parameters\nparameters.check(globals())\n"
         "if damping < 0.9:\n    time.sleep(300)")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    made = small_book.make(tmp_path_factory.mktemp("serve") / "book")
    small_book.write(made, YEARS, small_book.RECORD)
    small_book.write(made, LONG, RESTS, head="damping = 0.9  # fraction")
    return made


def processes_of(project) -> list[int]:
    """Processes that belong to this book by the variables that they began with."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            mine = f"BOOK_ROOT={project.root}".encode() in (folder / "environ").read_bytes()
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if mine and state != "Z":
            found.append(int(folder.name))
    return found


class Serving:
    """`book serve` in a process of its own."""

    def __init__(self, project, *arguments):
        self.project = project
        self.process = small_book.start(project, "serve", "--port", "0", "--no-open", *arguments)
        line = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/(?:\?token=(\S+))?", line)
        assert found, line + self.process.stderr.read()
        self.port, self.token = int(found[1]), found[2]

    def ask(self, path, method="GET", body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request(method, path, body, {name.replace("_", "-"): value
                                                for name, value in headers.items()})
        response = connection.getresponse()
        return response.status, response.read()

    def end(self, number) -> tuple[int, str]:
        self.process.send_signal(number)
        out, errors = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out + errors


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_the_pages_until_it_is_ended_and_leaves_nothing_behind(project, number):
    serving = Serving(project)
    status, content = serving.ask(f"/chapters/{YEARS}.html")
    assert status == 200 and b'src="../live/book.js"' in content and b"2026" in content
    told = json.loads(serving.ask(f"/live/answers/{YEARS}/horizon_year=2030.json")[1])
    assert told["records"]["x"]["text"] == "2030"
    # What is on its way when it ends: a run, a page that listens, an edition that is built.
    threads = [threading.Thread(target=quietly, args=(serving, path)) for path in (
        f"/live/answers/{LONG}/damping=0.8.json", "/live/events")]
    for thread in threads:
        thread.start()
    mine = {"Origin": f"http://127.0.0.1:{serving.port}", "Content_Type": "application/json",
            "X_Book_Token": serving.token}
    status, content = serving.ask("/live/editions", "POST", '{"values": {"damping": "0.85"}}',
                                  **mine)
    assert status == 202, content
    name = json.loads(content)["name"]
    until(lambda: json.loads(serving.ask(f"/live/editions/{name}.json")[1])["state"] == "running")
    until(lambda: len(processes_of(project)) > 3)
    code, said = serving.end(number)
    assert code == 0 and "Traceback" not in said, said
    until(lambda: processes_of(project) == [], 30)
    for thread in threads:
        thread.join()


def quietly(serving, path) -> None:
    try:
        serving.ask(path)
    except (OSError, http.client.HTTPException):
        return  # it has ended


def test_even_when_it_is_killed_no_run_goes_on(project):
    serving = Serving(project)
    thread = threading.Thread(target=quietly, args=(
        serving, f"/live/answers/{LONG}/damping=0.81.json"))
    thread.start()
    until(lambda: len(processes_of(project)) > 2)
    serving.process.kill()
    serving.process.communicate()
    until(lambda: processes_of(project) == [], 30)
    thread.join()


def test_a_port_that_is_taken_is_one_line(project):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = small_book.run(project, "serve", "--port", str(port), "--no-open")
    assert done.returncode == 2 and done.stdout == ""
    assert f"Port {port} cannot be had" in done.stderr and len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("typed, said", [
    (["--public"], "--host-name NAME"), (["--host-name", "a.example"], "is for --public"),
    (["--data", "none"], "is not a folder"),
    (["--public", "--host-name", "a.example", "--data", "."], "Take away --data"),
    (["--cluster", "http://x"], "http://x")])
def test_wrong_usage_is_one_line(project, typed, said):
    done = small_book.run(project, "serve", "--no-open", *typed)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr


def test_a_public_book_has_no_token_and_is_read_only(project):
    serving = Serving(project, "--public", "--host-name", "book.example")
    assert serving.token is None
    assert serving.ask("/intro.html", Host="book.example")[0] == 200
    assert serving.ask("/live/events", Host="book.example")[0] == 403
    assert serving.ask("/live/scenarios", "POST", "{}", Host="book.example")[0] == 403
    assert serving.end(signal.SIGINT)[0] == 0


def test_no_handle_is_lost_with_a_reader(project):
    """What is open for a reader is closed when he goes."""
    serving = Serving(project)
    handles = Path(f"/proc/{serving.process.pid}/fd")
    for _ in range(5):
        serving.ask("/intro.html")
    before = len(os.listdir(handles))
    for _ in range(50):
        serving.ask("/intro.html")
        serving.ask(f"/live/answers/{YEARS}/.json")
    until(lambda: len(os.listdir(handles)) <= before + 5)
    assert serving.end(signal.SIGINT)[0] == 0
