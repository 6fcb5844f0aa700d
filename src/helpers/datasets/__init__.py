"""Load the tables of ``data/`` as typed frames, and refuse a row that breaks its schema.

``data/datapackage.json`` (a Frictionless data package) is the only place that knows names,
columns, types and rules. `frictionless validate` checks the same file in the tests; it is not
used here because every chapter's kernel would pay for importing it, and because a reader who
edits a CSV needs the file, row, column, value and rule in one line.

The shipped tables can be overlaid: a folder given by ``--data FOLDER`` (or the variable
``BOOK_DATA``) is looked into first, file by file, in the sub-folders of ``data/`` or beside each
other. Every function takes the `Project` it is about; chapters leave it out and mean the current
one.
"""

from helpers.datasets.cells import CASTS
from helpers.datasets.own import check_own, lacking
from helpers.datasets.places import locate, replaced
from helpers.datasets.schema import DataError, describe, names, package, sources
from helpers.datasets.tables import (
    changed,
    check_edited,
    load,
    rehashed,
    row_changes,
    sha256,
    sha256_of,
    undescribed,
    write_hashes,
)

__all__ = ["CASTS", "DataError", "changed", "check_edited", "check_own", "describe", "lacking",
           "load", "locate", "names", "package", "rehashed", "replaced", "row_changes", "sha256",
           "sha256_of", "sources", "undescribed", "write_hashes"]
