"""What differs between the committed outputs of a chapter and those of a run, as values.

Results are compared with the tolerance that the committed record states, texts exactly but for
digits within it, figures by their data and their picture, tables by cell. Whatever else is
committed and differs is a difference as well; only what `accept.reference` sets by itself (ids,
timings, execution counts) is none.
"""

from helpers.pipeline.differences.difference import Difference
from helpers.pipeline.differences.notebooks import between
from helpers.pipeline.differences.pictures import same_picture
from helpers.pipeline.differences.records import fields_apart, of_records, values_apart
from helpers.pipeline.differences.sizes import APPEARED, FLIPPED, WORDED
from helpers.pipeline.differences.tables import Apart, Shown, cells_apart, html_table, row_pairs
from helpers.pipeline.differences.telling import detail, line, place, said, value_in_words

__all__ = ["APPEARED", "FLIPPED", "WORDED", "Apart", "Difference", "Shown", "between",
           "cells_apart", "detail", "fields_apart", "html_table", "line", "of_records", "place",
           "row_pairs", "said", "same_picture", "value_in_words", "values_apart"]
