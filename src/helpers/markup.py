"""Text of a file on a page: shown as it stands, whatever it says.

A page is Markdown in which directives include files and run HTML. Text that nobody wrote as
Markdown (titles, descriptions, cells, paths) reaches one through a function here, one for each
place where it can stand. All of them make one line: a line break is how a directive begins.
"""

import html
import re
import string
from collections.abc import Collection, Sequence
from urllib.parse import quote

# What breaks a line, for Markdown, HTML or Python; blanks that stay in a line are kept.
BREAKS = re.compile(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
SIGNS = {ord(sign): f"\\{sign}" for sign in string.punctuation}
WEB_ADDRESS = re.compile(r"(https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]])")
IN_ADDRESS = "%/:?#@!$&*+,;=~-._'"  # signs that an address has a use for, and Markdown none


def one_line(text: str) -> str:
    """Text with its line breaks and tabs as blanks."""
    return BREAKS.sub(" ", text).strip()


def inline(text: str) -> str:
    """Markdown that reads as the text: every sign that could be one of Markdown is escaped."""
    return one_line(text).translate(SIGNS)


def code(text: str) -> str:
    """Markdown that shows the text as code in a line."""
    text = one_line(text)
    if not text:
        return ""
    marks = _more_than_in(text, 1)
    # Of a blank at each end Markdown takes one away, and code may begin or end with a mark.
    return f"{marks} {text} {marks}" if text != text.strip("`") else f"{marks}{text}{marks}"


def block(text: str) -> str:
    """Markdown that shows the text as a block of plain text, which can be copied."""
    marks = _more_than_in(text, 3)
    return f"{marks}text\n{one_line(text)}\n{marks}"


def link(text: str, address: str) -> str:
    """Markdown of a link into the web; for any other address the text alone."""
    if not re.match(r"https?://[^/\s]", address):
        return inline(text)
    return f"[{inline(text)}](<{quote(one_line(address), safe=IN_ADDRESS)}>)"


def link_to_page(text: str, page: str) -> str:
    """Markdown of a link to a page of the book, by the name of its file."""
    return f"[{inline(text)}](<{inline(page)}>)"


def linked(text: str) -> str:
    """As `inline`, with every web address in the text as a link to it."""
    return "".join(link(part, part) if WEB_ADDRESS.fullmatch(part) else part.translate(SIGNS)
                   for part in WEB_ADDRESS.split(one_line(text)))


def _more_than_in(text: str, least: int) -> str:
    return "`" * max([least, *(len(run) + 1 for run in re.findall("`+", text))])


def escaped(text: str) -> str:
    """HTML that reads as the text, as content or between quotation marks."""
    return html.escape(one_line(text))


def escaped_within(text: str) -> str:
    """As `escaped`, for a piece of a line: a blank at its ends stays."""
    return html.escape(BREAKS.sub(" ", text))


def table(headers: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str = "",
          numeric: Collection[int] = (), marked: Collection[int] = (), empty: str = "") -> str:
    """A table with named row and column headers, for screen readers.

    Parameters
    ----------
    headers : sequence of str
    rows : sequence of sequences of str
        Texts; the first of a row is its header. A line break in one is a blank, since a blank line
        would end the HTML on a page of Markdown.
    caption : str
    numeric : collection of int
        Columns of numbers, which are aligned at their right.
    marked : collection of int
        Rows set apart.
    empty : str
        HTML that stands in an empty cell.
    """
    style = [' class="number"' if column in numeric else "" for column in range(len(headers))]
    head = "".join(f'<th scope="col"{style[column]}>{escaped(header)}</th>'
                   for column, header in enumerate(headers))
    body = []
    for place, row in enumerate(rows):
        cells = []
        for column, cell in enumerate(row):
            shown = escaped(cell) if cell else empty
            tag = 'th scope="row"' if column == 0 and shown else "td"  # an empty one heads nothing
            cells.append(f"<{tag}{style[column]}>{shown}</{tag.split()[0]}>")
        mark = ' class="highlight"' if place in marked else ""
        body.append(f"<tr{mark}>{''.join(cells)}</tr>")
    above = f"<caption>{escaped(caption)}</caption>" if caption else ""
    return (f"<table>{above}<thead><tr>{head}</tr></thead>"
            f"<tbody>{''.join(body)}</tbody></table>")


def boxed(table: str, label: str) -> str:
    """A table in the box in which a wide one moves sideways.

    The keyboard can reach it, to move what lies in it, and who hears the page hears what it is.

    Parameters
    ----------
    table : str
        HTML of the table and of what belongs below it.
    label : str
    """
    return (f'<div class="book-table" role="region" tabindex="0" aria-label="{escaped(label)}">'
            f"{table}</div>")
