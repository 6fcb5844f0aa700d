"""A date is read with the width its source gives it, and one rule decides which date counts."""

import datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import datasets, dates

DAYS = st.dates(datetime.date(1000, 1, 1), datetime.date(9999, 12, 31))


def written(day, precision):
    return {"year": f"{day:%Y}", "month": f"{day:%Y-%m}", "day": day.isoformat()}[precision]


@pytest.fixture(scope="module")
def sources():
    return datasets.load("outside_checks"), datasets.load("outside_findings")


@pytest.fixture(scope="module")
def readings():
    return datasets.load("outside_dates")


# ------------------------------------------------------------------ reading


@pytest.mark.parametrize("text, start, end, precision, approximate", [
    ("2019", "2019-01-01", "2019-12-31", "year", False),
    ("2018-10", "2018-10-01", "2018-10-31", "month", False),
    ("2020-02", "2020-02-01", "2020-02-29", "month", False),
    ("2020-12-04", "2020-12-04", "2020-12-04", "day", False),
    ("2017/2019", "2017-01-01", "2019-12-31", "year", False),
    ("2017/2019-06", "2017-01-01", "2019-06-30", "year", False),
    ("2009~", "2009-01-01", "2009-12-31", "year", True),
])
def test_each_form_of_the_tables_is_read(text, start, end, precision, approximate):
    period = dates.parse(text)
    assert period.start.isoformat() == start and period.end.isoformat() == end
    assert (period.precision, period.approximate) == (precision, approximate)
    assert str(period) == text


def test_an_open_date_has_no_beginning():
    period = dates.parse("../2020-06")
    assert period.start is None and period.end == datetime.date(2020, 6, 30)
    assert period.is_range
    with pytest.raises(dates.DateError, match="no place on a time axis"):
        dates.years(period)


@given(DAYS, st.sampled_from(dates.PRECISIONS), st.booleans())
def test_a_single_date_makes_the_round_trip(day, precision, approximate):
    text = written(day, precision) + "~" * approximate
    period = dates.parse(text)
    assert period.start <= day <= period.end
    assert written(period.start, period.precision) + "~" * period.approximate == text
    assert written(period.end, period.precision) + "~" * period.approximate == text


@given(DAYS, DAYS, st.sampled_from(dates.PRECISIONS))
def test_a_range_makes_the_round_trip(one, two, precision):
    first, last = sorted([one, two])
    text = f"{written(first, precision)}/{written(last, precision)}"
    period = dates.parse(text)
    assert f"{written(period.start, precision)}/{written(period.end, precision)}" == text
    assert period.start <= first <= last <= period.end


@given(DAYS, st.sampled_from(dates.PRECISIONS))
def test_an_open_range_makes_the_round_trip(day, precision):
    text = "../" + written(day, precision)
    period = dates.parse(text)
    assert period.start is None and "../" + written(period.end, precision) == text


@given(DAYS, st.sampled_from(dates.PRECISIONS))
def test_decimal_years_lie_in_order_inside_the_years(day, precision):
    period = dates.parse(written(day, precision))
    start, end = dates.years(period)
    assert period.start.year <= start < end <= period.end.year + 1


def test_a_year_covers_its_whole_year_on_the_axis():
    assert dates.years(dates.parse("2020")) == (2020.0, 2021.0)
    assert dates.years(dates.parse("9999")) == (9999.0, 10000.0)


@pytest.mark.parametrize("text", [
    "", " 2019", "19", "2019-1", "2019-13", "2019-00", "2019-05-00", "2019-02-29", "2019-02-31",
    "0000", "2019/", "/2019", "2019/..", "..", "../", "../..", "2017/2018/2019", "2019~/2020",
    "2017/2019~", "2019~~", "~2019", "2019-10~-01", "October 2018", "2019.0", "20191", "2020/2019",
    "2020-06/2020-05", "2019\n", "２０１９",
])
def test_a_bad_date_is_refused(text):
    with pytest.raises(dates.DateError):
        dates.parse(text)


@pytest.mark.parametrize("value", [2019, 2019.0, None, float("nan"), pd.NA])
def test_what_is_not_text_is_refused(value):
    with pytest.raises(dates.DateError, match="is text"):
        dates.parse(value)


@given(st.text(alphabet="0123456789-/.~", max_size=16))
def test_any_text_is_read_or_refused_in_one_line(text):
    try:
        period = dates.parse(text)
    except dates.DateError as error:
        assert "\n" not in str(error)
    else:
        assert period.text == text
        assert period.start is None or period.start <= period.end


@pytest.mark.parametrize("table", ["documents", "measures", "incidents"])
def test_every_date_of_the_tables_is_read(table):
    for text in datasets.load(table)["date"].dropna():
        dates.parse(text)


# ------------------------------------------------------------------ agreement and words


@pytest.mark.parametrize("one, two, same", [
    ("2019", "2019-12-20", True), ("2019", "2020-12-04", False), ("2016", "2017-04", False),
    ("2017/2019", "2018-10", True), ("../2020-06", "2011", True), ("../2020-06", "2020-07", False),
    ("2018-10", "2018-10", True),
])
def test_dates_agree_if_they_share_a_day(one, two, same):
    assert dates.agree(dates.parse(one), dates.parse(two)) is same
    assert dates.agree(dates.parse(two), dates.parse(one)) is same


@given(DAYS, st.sampled_from(dates.PRECISIONS), st.sampled_from(dates.PRECISIONS))
def test_a_date_agrees_with_itself_written_more_coarsely(day, one, two):
    assert dates.agree(dates.parse(written(day, one)), dates.parse(written(day, two)))


@pytest.mark.parametrize("text, words", [
    ("2016", "2016"), ("2017-04", "April 2017"), ("2020-12-04", "4 December 2020"),
])
def test_a_date_is_put_into_words(text, words):
    assert dates.in_words(text) == words


@pytest.mark.parametrize("text", ["2017/2019", "2009~", "../2020"])
def test_ranges_are_not_put_into_words(text):
    with pytest.raises(dates.DateError, match="single date"):
        dates.in_words(text)


@pytest.mark.parametrize("text, words", [
    ("2016-10", "October 2016"), ("2016-10-21", "October 2016"),
    ("2020-01/2020-06", "January to June 2020"),
    ("2019-12/2020-02", "December 2019 to February 2020"),
    ("2014", "2014, month not stated"), ("2014/2016", "2014 to 2016, month not stated"),
])
def test_the_months_of_a_date_are_put_into_words(text, words):
    assert dates.months_in_words(text) == words


@given(DAYS)
def test_days_of_one_month_span_one_month(day):
    month = f"{dates.MONTHS[day.month - 1]} {day.year}"
    assert dates.months_in_words(written(day, "day")) == month
    assert dates.months_in_words(written(day, "month")) == month


def test_months_need_a_beginning():
    with pytest.raises(dates.DateError, match="no beginning"):
        dates.months_in_words("../2020-06")


# ------------------------------------------------------------------ outside dates


def test_the_outside_readings_say_what_their_sources_say(readings, sources):
    found = dates.outside(readings, *sources, "low")
    assert found["item_id"].is_unique and found["finding"].notna().all()
    assert set(found["item_id"]) == set(readings["item_id"])


def test_every_outside_reading_is_of_something_in_the_tables(readings):
    known = set(datasets.load("documents")["document_id"])
    known |= set(datasets.load("organisations")["organisation_id"])
    assert set(readings["item_id"]) <= known


def test_a_date_in_the_note_is_the_date_in_its_column(readings):
    for row in readings.dropna(subset="date_outside").itertuples():
        assert dates.in_words(row.date_outside) in row.note


def test_a_date_that_its_source_does_not_name_is_refused(readings, sources):
    wrong = readings.assign(date_outside="1999-01")
    with pytest.raises(dates.DateError, match="does not say 'January 1999'"):
        dates.outside(wrong, *sources, "low")


@pytest.mark.parametrize("note, date", [
    ("a bill introduced on 27 September 2019", "27 September 2019"),
    ("a bill introduced in October 2019", "October 2019"), ("a bill of 1998", "1998"),
])
def test_a_note_with_a_date_that_its_source_does_not_name_is_refused(note, date, readings, sources):
    wrong = readings[readings["source_id"] == "k26"].assign(note=note)
    with pytest.raises(dates.DateError, match=f"does not say '{date}'"):
        dates.outside(wrong, *sources, "low")


def test_a_missing_source_is_refused(readings, sources):
    checks, findings = sources
    with pytest.raises(dates.DateError, match="'k25'"):
        dates.outside(readings, checks[checks["check_id"] != "k25"], findings, "low")


def test_a_row_more_confident_than_its_source_is_refused(readings, sources):
    with pytest.raises(dates.DateError, match="k26 only medium"):
        dates.outside(readings.assign(confidence="high"), *sources, "low")


def test_confidence_decides_what_is_used_and_a_date_goes_before_a_denial(readings, sources):
    by_level = {level: dates.outside(readings, *sources, level).set_index("item_id")
                for level in dates.CONFIDENCE}
    assert by_level["low"].loc["3.1.3-promotion-agency", "date_outside"] == "2017-04"
    assert pd.isna(by_level["medium"].loc["3.1.3-promotion-agency", "date_outside"])
    assert "3.1.3-promotion-agency" not in by_level["high"].index
    sizes = [len(by_level[level]) for level in dates.CONFIDENCE]
    assert sizes == sorted(sizes, reverse=True)


def test_without_a_row_that_is_used_the_columns_stay(readings, sources):
    none = dates.outside(readings.iloc[:0], *sources, "low")
    assert len(none) == 0 and not dates.choose(ITEMS, "with_outside_dates", none)["conflict"].any()


@pytest.mark.parametrize("event, date, expected", [
    ("adopted", "2016-04-27", "adopted on 27 April 2016"),
    ("published", "2012-05", "published in May 2012"),
    ("created by a directive of", "2016-07-06", "created by a directive of 6 July 2016"),
])
def test_an_event_is_said_with_its_date(event, date, expected):
    assert dates.dated(event, date) == expected


def test_published_dates_stand_beside_the_checks_that_go_before_them(readings, sources):
    published = pd.DataFrame({
        "item_id": ["3.1.1-iot-act", "3.1.2-gdpr"], "event": "adopted",
        "date": ["2019-01-01", "2016-04-27"], "confidence": ["high", "medium"],
        "title": "T", "url": "https://x.org"})
    found = dates.outside(readings, *sources, "medium", published).set_index("item_id")
    assert found.loc["3.1.1-iot-act", "date_outside"] == "2020-12-04"
    assert found.loc["3.1.2-gdpr", "event"] == "adopted on 27 April 2016"
    strict = dates.outside(readings, *sources, "high", published)
    assert "3.1.2-gdpr" not in set(strict["item_id"])


# ------------------------------------------------------------------ dating rules

ITEMS = pd.DataFrame(
    [("law", "2019", "stated"), ("bill", "2019", "stated"), ("list", "2019", "title"),
     ("code", "2017", "code"), ("guide", None, "none"), ("found", None, "none")],
    columns=["item_id", "date", "date_basis"])
OTHER = pd.DataFrame(
    [("law", "2020-12-04", "became law", "high"),
     ("bill", None, "introduced", "high"),
     ("found", "2015", "published", "high")],
    columns=["item_id", "date_outside", "event", "confidence"])


@pytest.mark.parametrize("rule, expected", [
    ("stated_only", ["2019", "2019", None, None, None, None]),
    ("title_or_code", ["2019", "2019", "2019", "2017", None, None]),
    ("with_outside_dates", ["2020-12-04", None, "2019", "2017", None, "2015"]),
])
def test_the_rule_decides_which_date_counts(rule, expected):
    chosen = dates.choose(ITEMS, rule, OTHER)
    assert [None if pd.isna(date) else date for date in chosen["chosen_date"]] == expected
    assert list(chosen["dated"]) == [date is not None for date in expected]
    assert list(chosen["item_id"]) == list(ITEMS["item_id"])


@pytest.mark.parametrize("rule", dates.RULES)
def test_a_conflict_is_one_whatever_the_rule(rule):
    chosen = dates.choose(ITEMS, rule, OTHER).set_index("item_id")
    assert list(chosen.index[chosen["conflict"]]) == ["law", "bill"]


def test_without_outside_dates_the_last_two_rules_are_one():
    none = OTHER.iloc[:0]
    one, two = (dates.choose(ITEMS, rule, none) for rule in dates.RULES[1:])
    pd.testing.assert_frame_equal(one, two)


def test_an_unknown_rule_and_an_item_that_stands_twice_are_refused():
    with pytest.raises(dates.DateError, match="stated_only"):
        dates.choose(ITEMS, "stated", OTHER)
    with pytest.raises(dates.DateError, match="'law' stands twice"):
        dates.choose(pd.concat([ITEMS, ITEMS.iloc[:1]]), "stated_only", OTHER)
