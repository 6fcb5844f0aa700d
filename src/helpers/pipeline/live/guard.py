"""Who may ask what: names of the host, what a change needs, how much one reader may take.

Any page in a browser can send requests to this machine, and a name in the web can be made to lead
here. So a request is for one of our names or is refused, and a change comes from our own pages and
knows the token of the start address.
"""

import hmac
import ipaddress
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
PORT = re.compile(r":\d{1,5}$")
AT_A_TIME, A_MINUTE = 12, 600  # requests of one address, of which a page makes some twenty
MOST_CLIENTS = 4096


@dataclass(frozen=True)
class Access:
    """What requests must have.

    Attributes
    ----------
    port : int
        Ours.
    token : str
        That of the start address; empty where nothing may be changed.
    public : bool
        Whether others than whoever started the server read the book.
    names : collection of str
        Host names by which a proxy leads here, without a port.
    """

    port: int
    token: str = ""
    public: bool = False
    names: Collection[str] = ()

    def fault_of_host(self, host: str) -> str:
        """Why a request is for somebody else; empty if it is for us."""
        host = host.lower()
        if host in {f"{name}:{self.port}" for name in LOOPBACK}:
            return ""
        if self.public and PORT.sub("", host) in {name.lower() for name in self.names}:
            return ""
        return "This name is not served here."

    def fault_of_fetch(self, headers: Mapping[str, str]) -> str:
        """Why what only our own pages ask for is not given; empty if it is.

        A browser says where a request comes from. Another site could not read an answer, but it
        could have this machine run chapters.
        """
        if headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin"):
            return ""
        return "Only pages of the book itself may ask for this."

    def fault_of_change(self, headers: Mapping[str, str]) -> str:
        """Why a change is refused; empty if it is not."""
        if self.public:
            return "This book is read only here. Get the book, and type: book serve"
        if headers.get("Origin", "") != f"http://{headers.get('Host', '')}":
            return "A change must come from a page of this book."
        kind = headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            return "A change must be application/json."
        told = headers.get("X-Book-Token", "").encode()
        if not self.token or not hmac.compare_digest(told, self.token.encode()):
            return "The token is missing or wrong. Open the address that `book serve` printed."
        return ""


def client(remote: str, forwarded: str) -> str:
    """Address of a reader, as far as it can be known.

    What a proxy on this machine added last is true; the rest of that header a reader can write.
    Addresses of one network of IPv6, which one reader has, are one.
    """
    try:
        if forwarded and ipaddress.ip_address(remote).is_loopback:
            remote = forwarded.rpartition(",")[2].strip()
        found = ipaddress.ip_address(remote)
    except ValueError:
        return "unknown"
    if found.version == 6:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


class Clients:
    """How much each reader takes: requests at a time, and a minute.

    Parameters
    ----------
    at_a_time, a_minute : int
    now : callable
        Seconds, from any moment.
    """

    def __init__(self, at_a_time: int = AT_A_TIME, a_minute: int = A_MINUTE,
                 now: Callable[[], float] = time.monotonic):
        self.at_a_time, self.a_minute, self.now = at_a_time, a_minute, now
        self._known: OrderedDict[str, list] = OrderedDict()  # [requests now, left, when]

    def enter(self, address: str) -> bool:
        """Take a request of a reader, unless there are too many."""
        now = self.now()
        running, left, when = self._known.pop(address, (0, float(self.a_minute), now))
        left = min(self.a_minute, left + (now - when) * self.a_minute / 60)
        taken = running < self.at_a_time and left >= 1
        self._known[address] = [running + taken, left - taken, now]
        if len(self._known) > MOST_CLIENTS:
            # Whoever has rested longest; those who wait for something stay.
            for other in [name for name, (now_of, *_) in self._known.items() if not now_of][
                    :len(self._known) - MOST_CLIENTS]:
                del self._known[other]
        return taken

    def leave(self, address: str) -> None:
        """A request of a reader has ended."""
        if address in self._known:
            self._known[address][0] = max(0, self._known[address][0] - 1)
