"""What a page needs to be printed well beyond its style sheet."""

from docutils import nodes

BARE = "bare-address"  # class of a link whose words are its address: paper says it once


def setup(app) -> None:
    """Register the hook."""
    app.connect("doctree-resolved", _mark_bare_addresses)


def _mark_bare_addresses(_app, doctree, _page) -> None:
    for link in doctree.findall(nodes.reference):
        address = link.get("refuri", "")
        if address.startswith("http") and link.astext().strip() in (
                address, address.partition("://")[2]):
            link["classes"].append(BARE)
