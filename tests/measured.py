"""What a visit of a page costs, and what of it can be seen on a small screen.

Shared by tests and by ``benchmarks/pages.py``: a book served as the web does it, a first visit with
its bytes and requests, the drawing of a figure against its screen, the smallest text, and how often
the key Tab is pressed on the way to a place.
"""

import functools
import gzip
import http.server
import mimetypes
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

# What a server compresses on its way: text. Fonts, pictures and archives are compressed already.
TEXT = ("text/", "application/javascript", "application/json", "image/svg+xml", "application/xml")
LEVEL = 6  # of gzip: what servers have as their default
# A phone on a middling network, as page tests commonly take it: bytes a second, milliseconds.
SLOW = {"offline": False, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8,
        "latency": 150}
SLOWER_PROCESSOR = 4  # times


class _Compressing(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map,
                      ".woff2": "font/woff2", ".js": "text/javascript"}

    def do_GET(self):
        file = Path(self.translate_path(self.path))
        file = file / "index.html" if file.is_dir() else file
        if not file.is_file():
            self.send_error(404)
            return
        kind = self.guess_type(str(file)) or mimetypes.guess_type(file.name)[0]
        body = _body(file, kind.startswith(TEXT))
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if kind.startswith(TEXT):
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@functools.cache
def _body(file: Path, packed: bool) -> bytes:
    content = file.read_bytes()
    return gzip.compress(content, LEVEL, mtime=0) if packed else content


@contextmanager
def served(folder: Path):
    """A folder over http on this machine, text compressed; gives the address of the folder."""
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(_Compressing, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    _body.cache_clear()


@dataclass
class Visit:
    """What a first visit asked for: address, kind and bytes that came over the line."""

    loaded: dict[str, dict] = field(default_factory=dict)
    painted: float | None = None  # milliseconds to the first contentful paint

    @property
    def requests(self) -> int:
        return len(self.loaded)

    def bytes(self, *kinds: str) -> int:
        """Bytes over the line, heads of answers included; of all kinds, or of some."""
        return sum(one["bytes"] for one in self.loaded.values()
                   if not kinds or one["kind"] in kinds)

    def elsewhere(self, address: str) -> list[str]:
        """Addresses asked for that lie outside a book."""
        return [one["url"] for one in self.loaded.values() if not one["url"].startswith(address)]


def visit(browser, address: str, *, width: int = 1280, height: int = 900, phone: bool = False,
          then=lambda page: None) -> Visit:
    """A first visit, nothing kept from another: in a context of its own.

    Parameters
    ----------
    browser : playwright browser
    address : str
    width, height : int
        Size of the screen.
    phone : bool
        On a slow network, with a slow processor.
    then : callable
        What is looked at after the page has come to rest, with the page.

    Returns
    -------
    Visit
    """
    context = browser.new_context(viewport={"width": width, "height": height})
    page, seen = context.new_page(), Visit()
    line = context.new_cdp_session(page)
    line.on("Network.requestWillBeSent", lambda event: seen.loaded.setdefault(
        event["requestId"], {"url": event["request"]["url"], "kind": event.get("type", "Other"),
                             "bytes": 0}))
    line.on("Network.loadingFinished", lambda event: seen.loaded[event["requestId"]].update(
        bytes=int(event["encodedDataLength"])))
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": False})
    if phone:
        line.send("Network.emulateNetworkConditions", SLOW)
        line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_PROCESSOR})
    page.goto(address)
    page.wait_for_load_state("networkidle")
    seen.painted = page.evaluate(PAINTED)
    then(page)
    context.close()
    return seen


PAINTED = """() => new Promise(done => new PerformanceObserver(list => {
    const paint = list.getEntriesByName("first-contentful-paint")[0];
    if (paint) done(paint.startTime);
  }).observe({type: "paint", buffered: true}))"""


# ------------------------------------------------------------------ what is seen of it

DRAWING = "main .book-figure :is(svg.book-drawing, img), main .explorer svg"
EXHIBIT = "main :is(.book-figure, .book-exhibit-table, .book-table)"

_FITS = """drawings => drawings.map(drawing => {
  const box = drawing.getBoundingClientRect();
  let left = 0, right = document.documentElement.clientWidth;
  for (let around = drawing.parentElement; around; around = around.parentElement) {
    if (getComputedStyle(around).overflowX === "visible") continue;
    const frame = around.getBoundingClientRect();
    left = Math.max(left, frame.left + around.clientLeft);
    right = Math.min(right, frame.left + around.clientLeft + around.clientWidth);
  }
  const shown = Math.max(0, Math.min(box.right, right) - Math.max(box.left, left));
  return {width: box.width, hidden: box.width ? 1 - shown / box.width : 0,
          name: drawing.closest("[id]")?.id ?? "", outlines: drawing.localName === "img"};
}).filter(found => found.width > 0)"""


def drawings(page) -> list[dict]:
    """Drawings of a page in order: ``width`` in CSS px, share ``hidden``, ``outlines`` or text."""
    return page.eval_on_selector_all(DRAWING, _FITS)


_TEXTS = """([within, below]) => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const around = node.parentElement;
    if (!node.data.trim() || !around.closest(within) || /^(script|style)$/i.test(around.localName))
      continue;
    if (!around.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    const clipped = around.closest(".visually-hidden, .skip-link");
    if (clipped || box.width <= 1 || box.height <= 1) continue;
    let size = parseFloat(getComputedStyle(around).fontSize);
    if (around instanceof SVGElement) {
      const seen = around.getScreenCTM();
      size *= Math.sqrt(Math.abs(seen.a * seen.d - seen.b * seen.c));
    }
    if (size < below) found.push({size, text: node.data.trim().slice(0, 60),
      place: around.closest("[id]")?.id ?? "", drawn: around instanceof SVGElement});
  }
  return found.sort((one, other) => one.size - other.size);
}"""


def texts(page, within: str = "body", below: float = 1e9) -> list[dict]:
    """Visible texts, smallest first: ``size`` in CSS px as seen, ``text``, ``place``, ``drawn``.

    Parameters
    ----------
    page : playwright page
    within : str
        CSS selector of what is looked at.
    below : float
        Only texts under this size.
    """
    return page.evaluate(_TEXTS, [within, below])


def stops_before(page, selector: str, most: int = 400) -> int | None:
    """How many stops the key Tab makes on its way to the first of some elements.

    Parameters
    ----------
    page : playwright page
    selector : str
    most : int
        Stops after which the element is given up.

    Returns
    -------
    int or None
        None if there is no such element.
    """
    target = page.locator(selector).first
    if target.count() == 0:
        return None
    place = target.element_handle()
    for stops in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(
                """place => { const here = document.activeElement;
                     return here === document.body || place.contains(here)
                       || Boolean(place.compareDocumentPosition(here)
                                  & Node.DOCUMENT_POSITION_FOLLOWING); }""", place):
            return stops
    return most


# What is drawn last below the middle of a text is what it stands on; the page, where nothing is.
_FAINT = """least => {
  const parse = colour => (colour.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
  const light = parts => parts.slice(0, 3).map(v => v / 255).map(
    v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce(
    (sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const over = (top, share, below) =>
    top.slice(0, 3).map((v, i) => v * share + below[i] * (1 - share));
  const solid = element => {
    let share = 1;
    for (let each = element; each instanceof SVGElement; each = each.parentElement)
      share *= parseFloat(getComputedStyle(each).opacity);
    return share;
  };
  const filled = element => {
    const style = getComputedStyle(element), colour = parse(style.fill);
    return style.fill.startsWith("rgb") && [colour,
      solid(element) * parseFloat(style.fillOpacity) * (colour[3] ?? 1)];
  };
  const found = [];
  for (const drawing of document.querySelectorAll("main svg.book-drawing")) {
    if (!drawing.checkVisibility()) continue;
    drawing.scrollIntoView({block: "center", behavior: "instant"});
    const shapes = [...drawing.querySelectorAll("rect, path, circle, ellipse, polygon, use")]
      .filter(shape => shape.checkVisibility() && !shape.closest("defs, clipPath"));
    const paper = parse(getComputedStyle(document.body).backgroundColor);
    for (const text of drawing.querySelectorAll("text")) {
      if (!text.textContent.trim() || !text.checkVisibility()) continue;
      const box = text.getBoundingClientRect();
      const at = [box.left + box.width / 2, box.top + box.height / 2];
      let ground = paper;
      for (const shape of shapes) {
        if (!(shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING)) break;
        const fill = shape.isPointInFill && filled(shape);
        if (!fill || fill[1] === 0) continue;
        const place = new DOMPoint(...at).matrixTransform(shape.getScreenCTM().inverse());
        if (shape.isPointInFill(place)) ground = over(fill[0], fill[1], ground);
      }
      const own = filled(text);
      if (!own) continue;
      const both = [light(over(own[0], own[1], ground)), light(ground)];
      const [low, high] = both.sort((a, b) => a - b);
      const contrast = (high + 0.05) / (low + 0.05);
      if (contrast < least) found.push({contrast, text: text.textContent.trim().slice(0, 40),
        place: drawing.closest("[id]")?.id ?? ""});
    }
  }
  return found;
}"""


def faint(page, least: float = 4.5) -> list[dict]:
    """Texts of drawings with too little contrast: ``contrast``, ``text``, ``place``.

    axe-core does not look at what a text of a drawing stands on.
    """
    return page.evaluate(_FAINT, least)
