"""The audit: each rule fires, in order; every claim gets one verdict; what it computes is right."""

import dataclasses
import math

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from helpers import audit, datasets, parameters


def shipped(**settings):
    return audit.Facts.of(
        claims=datasets.load("claims"),
        scopes=datasets.load("scopes"),
        readings=datasets.load("readings"),
        sections=datasets.load("sections"),
        findings=datasets.load("findings"),
        checks=datasets.load("outside_checks"),
        rates=datasets.load("exchange_rates"),
        china=datasets.load("china_industry"),
        budgets=datasets.load("budgets"),
        vendors=datasets.load("vendor_vulnerability_counts"),
        **settings,
    )


def changed(facts, claim_id, **cells):
    claims = facts.claims.copy()
    for column, value in cells.items():
        claims.loc[claim_id, column] = value
    return dataclasses.replace(facts, claims=claims)


def verdicts(facts):
    return audit.audit(facts).set_index("claim_id")["verdict"]


@pytest.fixture(scope="module")
def facts():
    return shipped()


@pytest.fixture(scope="module")
def audited(facts):
    return audit.audit(facts).set_index("claim_id")


# ------------------------------------------------------------------ order of the rules


@pytest.mark.parametrize("position, rule", list(enumerate(audit.VERDICTS)))
def test_a_rule_wins_over_every_later_one(position, rule):
    later = list(audit.VERDICTS)[position:]
    assert audit.first_rule(reversed(later)) == rule


def test_without_a_rule_a_claim_is_not_checkable():
    assert audit.first_rule([]) == "not_checkable"


def test_an_unknown_rule_is_refused():
    with pytest.raises(audit.AuditError, match="unknown verdict 'wrong'"):
        audit.first_rule(["wrong"])


def test_every_rule_fires_in_the_audit_when_a_check_proposes_it(facts):
    for rule in audit.VERDICTS:
        check = audit.Check(
            "made",
            ("2.1-businesses",),
            "test",
            lambda facts, check, rule=rule: [audit.Outcome("2.1-businesses", rule, "because")],
        )
        assert (
            audit.audit(facts, [check]).set_index("claim_id").loc["2.1-businesses", "verdict"]
            == rule
        )


def test_the_first_of_two_rules_counts_and_the_other_is_named(facts):
    def check(name, rule):
        return audit.Check(
            name,
            ("2.1-businesses",),
            "test",
            lambda facts, check: [audit.Outcome("2.1-businesses", rule, name)],
        )

    row = (
        audit.audit(facts, [check("late", "confirmed"), check("early", "scope_conflict")])
        .set_index("claim_id")
        .loc["2.1-businesses"]
    )
    assert row["verdict"] == "scope_conflict"
    assert row["because"] == "early"
    assert row["also"] == "confirmed"


def test_a_check_may_not_speak_of_a_claim_it_does_not_name(facts):
    check = audit.Check(
        "made",
        ("2.2-flaws",),
        "test",
        lambda facts, check: [audit.Outcome("2.1-businesses", None, "")],
    )
    with pytest.raises(audit.AuditError, match="does not name"):
        audit.outcomes(facts, [check])


# ------------------------------------------------------------------ every claim, one verdict


def test_every_claim_gets_exactly_one_verdict(facts, audited):
    assert list(audited.index) == list(facts.claims.index)
    assert set(audited["verdict"]) <= set(audit.VERDICTS)
    assert audited["because"].str.len().gt(0).all()


def test_checks_name_claims_and_findings_that_exist(facts):
    known = set(facts.findings.index) | set(datasets.load("outside_findings")["finding_id"])
    for check in audit.CHECKS:
        assert set(check.claims) <= set(facts.claims.index), check.id
        assert set(check.findings) <= known, check.id
    ids = [check.id for check in audit.CHECKS]
    assert len(ids) == len(set(ids))


def test_verdicts_are_the_first_rules_that_checks_propose(facts, audited):
    """Which claim has which stands in the committed audit; that it follows is held here."""
    proposed = audit.outcomes(facts).groupby("claim_id")["rule"].agg(
        lambda rules: [*rules.dropna()])
    for claim_id, verdict in audited["verdict"].items():
        rules = proposed.get(claim_id, [])
        if not rules and audited.loc[claim_id, "class"] == "year":
            rules = ["date"]
        assert verdict == audit.first_rule(rules), claim_id


def test_no_two_figures_of_unlike_scope_contradict_each_other(audited):
    """What an outside row of perhaps another scope says otherwise is a clash over scope."""
    for claim_id in (audit.D_2021, audit.C_2019, "3.4-budget-federal"):
        assert audited.loc[claim_id, "verdict"] == "scope_conflict"
        assert "contradicted_outside" not in audited.loc[claim_id, "also"]


def test_measurements_are_counted_apart(audited):
    counted = audit.by_class(audited.reset_index())
    assert counted.to_numpy().sum() == len(audited)
    assert not counted.loc["structural", ["measurement", "year"]].any()
    assert not counted.loc["date", ["measurement", "text"]].any()
    assert (counted.sum() == audited["class"].value_counts()[counted.columns]).all()


def test_a_right_copy_is_no_confirmation(facts, audited):
    """The page of the publisher that the paper names shows that the paper copied it rightly."""
    assert set(audited.loc[["2.2-flaws", "2.2-share-deep"], "verdict"]) == {"quoted"}
    assert set(audited.loc[["3.4-budget-energy", "3.4-horizon"], "verdict"]) == {"confirmed"}


def test_what_cannot_be_checked_says_what_is_missing(audited):
    bare = audited[(audited["verdict"] == "not_checkable") & (audited["class"] == "measurement")]
    assert bare["because"].str.contains("Missing: ").all()


def test_weaker_second_figures_of_the_tables_are_named(audited):
    assert "medium confidence" in audited.loc["2.1-pipeline-companies", "because"]
    assert "unnamed sources" in audited.loc["3.2-deal-cyberx", "because"]


def test_a_weaker_source_decides_where_it_may(facts):
    moved = audit.flips(facts, deciding="medium")
    assert dict(zip(moved["claim_id"], moved["after"], strict=True)) == {
        "2.1-pipeline-companies": "confirmed"}
    assert audit.flips(facts).empty


# ------------------------------------------------------------------ one definition of ambiguous


def test_every_claim_has_one_way_to_read_it(facts, audited):
    ways = audit.ways_to_read(facts)
    assert set(ways) == set(audit.WAYS)
    several = facts.readings["claim_id"].value_counts() > 1
    assert set(ways.index[ways != "one"]) == set(several.index[several])
    assert set(ways.index[ways == "ambiguous"]) == set(
        audited.index[audited["verdict"] == "ambiguous"])


def test_a_chosen_reading_settles_it(facts):
    chosen = audit.ways_to_read(dataclasses.replace(facts, attack_reading="power_seven"))
    assert chosen["2.1-attacks"] == "settled"
    base = audit.ways_to_read(dataclasses.replace(facts, share_denominator="advisories"))
    assert base["2.2-share-deep"] == audit.ways_to_read(facts)["2.2-share-deep"] == "settled"


def test_readings_of_one_number_leave_the_label_open(facts):
    assert audit.ways_to_read(facts)["3.4-budget-federal"] == "label"
    other = facts.readings.copy()
    other.loc[other["reading_id"] == "decision_year", "value"] = 12.0
    assert audit.ways_to_read(dataclasses.replace(facts, readings=other))[
        "3.4-budget-federal"] == "ambiguous"


# ------------------------------------------------------------------ recomputations


def value(facts, check, claim_id):
    found = audit.outcomes(facts).set_index(["check", "claim_id"])
    return found.loc[(check, claim_id), "value"]


def rate_of(facts, year):
    """RMB per USD, from the table."""
    rates = facts.rates[(facts.rates["currency"] == "CNY") & (facts.rates["year"] == year)]
    return float(rates["units_per_usd"].iloc[0])


# Each result once more, by hand, from the tables.
BY_HAND = {
    ("b-growth", audit.B_GROWTH): lambda f, v: 100 * (
        (v(audit.B_2025) * 1000 / v(audit.B_2019)) ** (1 / 6) - 1),
    ("c-to-d", audit.D_2021): lambda f, v: 100 * ((v(audit.D_2021) / v(audit.C_2019)) ** 0.5 - 1),
    ("b-holds-c-2019", audit.C_2019): lambda f, v: v(audit.C_2019) / rate_of(f, 2019),
    ("b-holds-d-2021", audit.D_2021): lambda f, v: v(audit.D_2021) / rate_of(f, 2021),
    ("b-holds-a-2025", audit.A_2026): lambda f, v: v(audit.A_2019) * (
        v(audit.A_2026) / v(audit.A_2019)) ** (6 / 7),
    ("c-base", audit.C_GROWTH): lambda f, v: v(audit.C_2019) / (1 + v(audit.C_GROWTH) / 100),
    ("share-deep-integers", "2.2-share-deep"): lambda f, v: math.ceil(
        (v("2.2-share-deep") - 0.5) / 100 * v("2.2-flaws")),
    ("share-loss-integers", "2.2-share-loss"): lambda f, v: 1 + math.floor(
        v("2.2-share-loss") / 100 * v("2.2-flaws")),
}


@pytest.mark.parametrize("check, claim_id", BY_HAND)
def test_recomputations(facts, check, claim_id):
    expected = BY_HAND[check, claim_id](facts, facts.claims["value"].astype(float).get)
    assert value(facts, check, claim_id) == pytest.approx(expected, rel=1e-9)


def test_outside_values_are_those_of_their_tables(facts):
    assert value(facts, "d-outside", audit.D_2021) in set(facts.china["value_rmb_billion"])
    assert value(facts, "federal-budget", "3.4-budget-federal") in set(
        facts.budgets["value_million"] / 1000)


def test_the_share_of_flaws_is_shown_as_whole_numbers(facts, audited):
    share, flaws = (facts.claims["value"][name] for name in ("2.2-share-deep", "2.2-flaws"))
    within = [count for count in range(int(flaws) + 1) if abs(100 * count / flaws - share) <= 0.5]
    assert audited.loc["2.2-share-deep", "recomputed"] == (
        f"{within[0]} to {within[-1]} of {flaws:.0f}")


def test_the_rule_that_an_earlier_one_hides_is_named(audited):
    assert audited.loc["2.2-share-loss", "also"] == "contradicted_outside"


# ------------------------------------------------------------------ tolerances


@pytest.mark.parametrize(
    "printed, half",
    [
        ("USD 1.234 billion", 0.0005),
        ("12%", 0.5),
        ("12.34%", 0.005),
        ("123", 0.5),
        ("EUR 12.3 million", 0.05),
        ("four", None),
    ],
)
def test_half_width_of_the_last_printed_digit(printed, half):
    assert audit.printed_half_width(printed) == (None if half is None else pytest.approx(half))


def test_half_widths_of_the_table_follow_the_print(facts):
    given = facts.claims.dropna(subset=["half_width"])
    for claim_id, claim in given.iterrows():
        assert claim["half_width"] == pytest.approx(audit.printed_half_width(claim["printed"])), (
            claim_id
        )


def test_interval_of_a_print():
    claim = pd.Series(
        {"value": 380.0, "half_width": 0.5, "unit": "USD_million", "qualifier": "approx"}
    )
    assert audit.interval(claim, 5.0) == (375.0, 385.0)
    assert audit.interval(claim.replace("approx", "none"), 5.0) == (379.5, 380.5)
    assert audit.interval(claim.replace("approx", "more_than"), 5.0) == (380.0, audit.UNBOUNDED)


@pytest.mark.parametrize(
    "low, high, value, bound, expected",
    [
        (10.5, 11.5, 11.0, "about", True),
        (10.5, 11.5, 18.0, "exact", False),
        (10.5, 11.5, 17.0, "lower", False),
        (10.5, 11.5, 9.0, "lower", None),
        (60.45, 60.55, 60.5, "lower", True),
        (10.5, 11.5, 9.0, "upper", False),
        (10.5, 11.5, 12.0, "upper", None),
    ],
)
def test_agreement_with_an_outside_value(low, high, value, bound, expected):
    assert audit.compare(low, high, value, bound, 0.05) is expected


@pytest.mark.parametrize(
    "text, printed, expected",
    [
        ("announced on 22 June 2020", "June 2020", True),
        ("announced in 2020", "June 2020", False),
        ("The value 77 percent", "77%", True),
        ("177 of them", "77%", False),
        ("four firms", "four", True),
        ("fourteen firms", "four", False),
        ("a claim", "many", False),
    ],
)
def test_a_text_states_a_print(text, printed, expected):
    assert audit.states(text, printed) is expected


def test_a_level_outside_its_path_is_refused(facts):
    with pytest.raises(audit.AuditError, match="2030"):
        audit.level(facts, (audit.A_2019, audit.A_2026), 2030)


# ------------------------------------------------------------------ constructed cases


def test_a_part_that_fits_its_whole_is_no_conflict(facts):
    wide = changed(facts, audit.B_2019, value=60_000.0)
    wide = changed(wide, audit.B_2025, value=60.0)
    assert "scope_conflict" not in set(verdicts(wide)[[audit.A_2019, audit.B_2019, audit.C_2019]])


def test_counts_of_two_things_do_not_contradict_each_other(facts, audited):
    assert set(audited.loc[["3.1.2-themes", "3.5-themes"], "verdict"]) == {"structural"}
    equal = changed(facts, "3.5-themes", value=facts.claims.loc["3.1.2-themes", "value"])
    assert verdicts(equal)["3.1.2-themes"] == "structural"


def test_the_years_of_a_plan_are_dates_and_no_result(audited):
    assert set(audited.loc[["6-plan-start", "6-plan-end"], "verdict"]) == {"date"}


def test_a_wrong_count_of_sections_is_contradicted_inside(facts):
    other = changed(facts, "3-aspects", value=facts.claims.loc["3-aspects", "value"] + 1)
    assert verdicts(other)["3-aspects"] == "contradicted_inside"


def test_a_period_of_another_length_is_contradicted_inside(facts):
    longer = changed(facts, "6-plan-end", value=facts.claims.loc["6-plan-end", "value"] + 1)
    assert verdicts(longer)["6-plan-end"] == "contradicted_inside"


def test_a_stated_growth_equal_to_the_implied_one_is_recomputed(facts):
    equal = changed(facts, audit.B_GROWTH, value=value(facts, "b-growth", audit.B_GROWTH))
    assert verdicts(equal)[audit.B_GROWTH] == "recomputed"


def test_another_outside_value_contradicts_and_medium_confidence_decides_nothing(facts):
    printed = facts.claims.loc["2.2-flaws", "value"]
    other = facts.vendors["value"].replace(printed, printed + 100)
    vendors = facts.vendors.assign(value=other)
    assert (
        verdicts(dataclasses.replace(facts, vendors=vendors))["2.2-flaws"] == "contradicted_outside"
    )
    vendors = vendors.assign(confidence="medium")
    assert verdicts(dataclasses.replace(facts, vendors=vendors))["2.2-flaws"] == "not_checkable"


def test_another_date_outside_contradicts(facts):
    claim = facts.claims.loc["3.4-horizon-year", "period_start"]
    later = f"{int(claim[:4]) + 1}{claim[4:]}"
    budgets = facts.budgets.assign(published=facts.budgets["published"].where(
        facts.budgets["scope"] != "eu_programme", later))
    found = verdicts(dataclasses.replace(facts, budgets=budgets))
    assert found["3.4-horizon-year"] == "contradicted_outside"


# ------------------------------------------------------------------ what would change


def test_what_would_change_names_values_and_verdicts(facts):
    trials = [
        {"assumption": "a", "parameter": "attack_reading", "baseline": "open", "nowhere": "-",
         "tries": {"one": {"attack_reading": "power_seven"}, "same": {"attack_reading": "all"},
                   "two": {"attack_reading": "product_million"}}},
        {"assumption": "b", "parameter": "rmb_per_usd", "baseline": "mean", "nowhere": "nowhere",
         "tries": {"dear": {"rmb_per_usd": 11.0}}},
    ]
    found = audit.would_change(facts, trials)
    assert list(found["flips_at"]) == ["one or two", "nowhere"]
    assert found["then"][0].endswith(": cannot be checked instead of ambiguous")
    assert found["then"][1] == "The verdicts stay"


# ------------------------------------------------------------------ parameters


def flips(facts, **settings):
    moved = audit.flips(facts, **settings)
    before, after = verdicts(facts), verdicts(shipped(**settings))
    found = {name: after[name] for name in after.index if after[name] != before[name]}
    assert dict(zip(moved["claim_id"], moved["after"], strict=True)) == found
    return found


@pytest.mark.parametrize("reading", ["power_five_million", "product_million", "power_seven"])
def test_a_chosen_attack_reading_closes_the_ambiguity_and_says_so(facts, reading):
    assert flips(facts, attack_reading=reading) == {"2.1-attacks": "not_checkable"}
    row = audit.audit(shipped(attack_reading=reading)).set_index("claim_id").loc["2.1-attacks"]
    assert "chosen reading" in row["because"]


def test_shares_of_advisories_conflict_with_the_printed_base(facts):
    assert flips(facts, share_denominator="advisories") == {"2.2-share-deep": "scope_conflict"}


def break_even(facts, width):
    """RMB per USD above which the Chinese market just fits into market B."""
    part, whole = facts.claims.loc[audit.C_2019], facts.claims.loc[audit.B_2019]
    return 1000 * (part["value"] - part["half_width"]) / (whole["value"] + width)


@pytest.mark.parametrize("width", [0.5, 5.0, 20.0])
def test_china_fits_into_market_b_above_the_break_even_rate(facts, width):
    """The width of "approximately" decides where that is."""
    given = {"exchange_rate_basis": "fixed", "approximate_half_width": width}
    edge = break_even(facts, width)
    assert flips(facts, **given, rmb_per_usd=0.999 * edge) == {}
    assert flips(facts, **given, rmb_per_usd=1.001 * edge) == {audit.C_2019: "not_checkable"}
    wide = shipped(approximate_half_width=width)
    assert audit.fitting_rate(wide, (audit.C_2019,), (audit.B_2019,), 2019) == pytest.approx(edge)


def test_a_rate_does_nothing_while_yearly_means_are_used(facts):
    assert flips(facts, rmb_per_usd=11.0) == {}


def test_the_parameters_of_the_facts_have_the_defaults_of_the_registry():
    defaults = parameters.defaults()
    names = [
        "attack_reading",
        "share_denominator",
        "approximate_half_width",
        "exchange_rate_basis",
        "rmb_per_usd",
    ]
    fields = {field.name: field.default for field in dataclasses.fields(audit.Facts)}
    assert {name: fields[name] for name in names} == {name: defaults[name] for name in names}


# ------------------------------------------------------------------ statements without a figure


def test_contradictions_of_the_text_are_listed_and_numbers_are_not():
    choices = datasets.load("text_contradictions")
    found = audit.text_contradictions(
        datasets.load("findings"),
        datasets.load("prose_against_table"),
        datasets.load("outside_checks"),
        choices,
    )
    listed = choices["listed"].astype(bool)
    assert set(choices.loc[listed, "source_id"]) <= set(found["finding"])
    assert {"P28", "P29", "P30"} <= set(found["finding"])
    assert not set(choices.loc[~listed, "source_id"]) & set(found["finding"])
    assert set(found["against"]) == {"other text", "Table 1", "outside source"}


def test_choices_name_findings_and_checks_that_exist():
    choices = datasets.load("text_contradictions")
    known = {*datasets.load("findings")["finding_id"], *datasets.load("outside_checks")["check_id"]}
    assert set(choices["source_id"]) <= known
    # A check that is left out was left out for a printed figure.
    assert (choices["claim_id"].notna() == ~choices["listed"].astype(bool)).all()


def test_a_check_that_a_choice_releases_is_listed():
    findings, prose = datasets.load("findings"), datasets.load("prose_against_table")
    checks, choices = datasets.load("outside_checks"), datasets.load("text_contradictions")
    released = choices[choices["source_id"] != "k13"]
    before = audit.text_contradictions(findings, prose, checks, choices)
    after = audit.text_contradictions(findings, prose, checks, released)
    assert set(after["finding"]) - set(before["finding"]) == {"k13"}


# ------------------------------------------------------------------ the figure


def test_chips_hold_every_text_and_break_where_a_row_is_full():
    from helpers import figures

    rows = [("short", ["one", "two"], "#cc78bc"), ("long", ["a longer text"] * 7, "#e9e9e9")]
    assert figures.chips_height(rows) > figures.chips_height(rows[:1])
    figure, axes = figures.new("Title", "Measure", source="made up",
                               height=figures.chips_height(rows))
    figures.chips(axes, rows)
    texts = [text.get_text() for text in axes.texts]
    assert texts.count("a longer text") == 7 and {"short", "long", "one", "two"} <= set(texts)
    ends = [patch.get_x() + patch.get_width() for patch in axes.patches]
    assert max(ends) <= axes.get_xlim()[1]
    assert len({patch.get_y() for patch in axes.patches}) > len(rows)
    plt.close(figure)
