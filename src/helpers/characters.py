"""Signs that texts and numbers of files may have; what nobody sees, no name or sentence has."""

import re
import unicodedata

# Controls, formatting signs (bidirectional ones, zero widths, soft hyphens), parts of pairs,
# private signs, and separators of lines and paragraphs.
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
LOST = "\ufffd"  # what stands where a letter of another encoding was
# Numbers as tables and commands write them. float() and int() also take 'nan', 'inf', '1_000',
# blanks around, and digits of other scripts.
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
INTEGER = re.compile(r"[+-]?[0-9]+")
LINE_BREAK = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


def fault(text: str) -> str:
    """Why a text cannot be taken, as the end of a sentence; empty if it can."""
    if text.isascii() and text.isprintable():
        return ""
    for sign in text:
        if LINE_BREAK.match(sign):
            return "holds a line break"
        if unicodedata.category(sign) in UNSEEN:
            name = unicodedata.name(sign, "").lower()  # controls have none
            return (f"holds a control character, U+{ord(sign):04X}" if not name else
                    f"holds a sign that nobody sees, U+{ord(sign):04X} ({name})")
        if sign == LOST:
            return "holds U+FFFD, which stands where a letter was lost between two encodings"
    if not unicodedata.is_normalized("NFC", text):
        return "has a letter and its accent as two signs, so that it differs from what looks alike"
    return ""


def shown(text, longest: int = 60) -> str:
    """A text as an error message quotes it: in one line, its unseen signs spelled, not too long."""
    text = str(text)
    return repr(text if len(text) <= longest else text[:longest - 1] + "…")


def one_line(text: str, longest: int = 600) -> str:
    """A text as a message has it: in one line, without signs that act on a terminal, cut."""
    seen = "".join(sign if sign.isprintable() or sign == "\u00a0" else " "
                   for sign in text[:10_000])
    line = " ".join(part for part in seen.split(" ") if part)
    return line if len(line) <= longest else line[:longest - 1] + "…"
