"""The declared checks, in the order of the print.

The order counts: where two checks of one claim find the same rule, the words of the first stand in
the table.
"""

from helpers.audit.facts import Check
from helpers.audit.outside import outside_statement, outside_value, outside_year
from helpers.audit.recompute import (
    attack_rate,
    base_year_level,
    count_not_listed,
    count_of_sections,
    counts_of_two_things,
    growth_needed,
    length_of_period,
    part_whole,
    share_of_flaws,
    stated_growth,
)
from helpers.audit.texts import missing, readings_differ

A_2019, A_2026 = "2.3-market-a-2019", "2.3-market-a-2026"
B_2019, B_2025, B_GROWTH = "2.3-expenditure-b-2019", "2.3-expenditure-b-2025", "2.3-growth-b-2019"
C_2019, C_GROWTH, D_2021 = "5.1-industry-c-2019", "5.1-growth-c-2019", "5.3-market-d-2021"
DRAGOS = ("2.2-flaws", "vendor_tracked_flaws", "Dragos")

CHECKS = (
    Check("attack-readings", ("2.1-attacks",), "reading", readings_differ("2.1-attacks"), ("P01",)),
    Check(
        "attack-rate",
        ("2.1-attacks",),
        "arithmetic",
        attack_rate("2.1-attacks", "2.1-businesses", 182),
        ("P01", "X01"),
    ),
    Check(
        "pipeline-firms",
        ("2.1-pipeline-companies",),
        "outside",
        outside_statement("2.1-pipeline-companies", "k03"),
        ("P23", "X09a"),
    ),
    Check(
        "pipeline-missing",
        ("2.1-pipeline-companies",),
        "missing",
        missing("a source of high confidence"),
    ),
    Check(
        "attacks-missing",
        ("2.1-attacks",),
        "missing",
        missing("a second count of high confidence"),
    ),
    Check(
        "businesses-missing",
        ("2.1-businesses", "3.2-investors", "3.2-start-ups"),
        "missing",
        missing("any second count"),
    ),
    Check(
        "flaws-outside",
        ("2.2-flaws",),
        "outside",
        outside_value(
            "2.2-flaws",
            "vendors",
            "value",
            publisher="Dragos",
            period="2019",
            measure="vulnerabilities",
            origin="own",
        ),
        ("X03a",),
    ),
    Check(
        "share-deep-readings",
        ("2.2-share-deep",),
        "reading",
        readings_differ("2.2-share-deep"),
        ("P15", "P16"),
    ),
    Check(
        "share-deep-integers",
        ("2.2-share-deep",),
        "arithmetic",
        share_of_flaws("2.2-share-deep", *DRAGOS),
        ("P15", "X03c"),
    ),
    Check(
        "share-deep-outside",
        ("2.2-share-deep",),
        "outside",
        outside_statement(
            "2.2-share-deep",
            "k06",
            "prints it of the vulnerabilities it assessed; one outlet takes it of the advisories",
            origin="own",
        ),
        ("X03a", "X03c"),
    ),
    Check(
        "share-loss-readings",
        ("2.2-share-loss",),
        "reading",
        readings_differ("2.2-share-loss"),
        ("P16",),
    ),
    Check(
        "share-loss-integers",
        ("2.2-share-loss",),
        "arithmetic",
        share_of_flaws("2.2-share-loss", *DRAGOS),
        ("P15",),
    ),
    Check(
        "share-loss-outside",
        ("2.2-share-loss",),
        "outside",
        outside_statement("2.2-share-loss", "k07", origin="own"),
        ("X03b", "X03c"),
    ),
    Check(
        "b-holds-a-2019",
        (A_2019, B_2019),
        "part-whole",
        part_whole(
            (A_2019,),
            (B_2019,),
            2019,
            "information security of industry is a part of security in general",
        ),
        ("P03",),
    ),
    Check(
        "b-holds-a-2025",
        (A_2026, B_2025),
        "part-whole",
        part_whole(
            (A_2019, A_2026),
            (B_2025,),
            2025,
            "information security of industry is a part of security in general",
        ),
        ("P03",),
    ),
    Check(
        "b-holds-c-2019",
        (C_2019, B_2019),
        "currency",
        part_whole((C_2019,), (B_2019,), 2019, "China is a part of the world"),
        ("P04",),
    ),
    Check(
        "b-holds-d-2021",
        (D_2021, B_2025),
        "currency",
        part_whole((D_2021,), (B_2019, B_2025), 2021, "China is a part of the world"),
        ("P06",),
    ),
    Check(
        "a-holds-c-2019",
        (C_2019, A_2019),
        "currency",
        part_whole((C_2019,), (A_2019,), 2019, "China is a part of the world"),
        ("P07",),
    ),
    Check("b-growth", (B_GROWTH,), "growth", stated_growth(B_GROWTH, B_2019, B_2025), ("P02",)),
    Check("b-growth-readings", (B_GROWTH,), "reading", readings_differ(B_GROWTH), ("P02",)),
    Check(
        "b-growth-missing", (B_GROWTH,), "missing", missing("a size of the year before"), ("P02",)
    ),
    Check(
        "a-source", (A_2019, A_2026), "outside", outside_statement(A_2019, "k08"), ("P09", "X15")
    ),
    Check("b-source", (B_2019, B_2025), "outside", outside_statement(B_2025, "k09"), ("P09",)),
    Check(
        "aspects-abroad", ("3-aspects",), "count against text", count_of_sections("3-aspects", "3")
    ),
    Check(
        "challenges-listed",
        ("3.1.2-challenges",),
        "count against text",
        count_not_listed("3.1.2-challenges"),
        ("P50",),
    ),
    Check(
        "themes",
        ("3.1.2-themes", "3.5-themes"),
        "count against text",
        counts_of_two_things(
            "3.1.2-themes", "3.5-themes", "a platform", "the advancement of Industry 4.0"
        ),
        ("P20",),
    ),
    Check(
        "deal-date",
        ("3.2-deal-cyberx-year",),
        "outside",
        outside_statement("3.2-deal-cyberx-year", "k24"),
        ("X07",),
    ),
    Check(
        "deal-price",
        ("3.2-deal-cyberx",),
        "outside",
        outside_statement(
            "3.2-deal-cyberx", "k24", "has the same sum from unnamed sources", decisive=False
        ),
        ("P46", "X07"),
    ),
    Check(
        "deal-price-missing",
        ("3.2-deal-cyberx",),
        "missing",
        missing("a price from either firm"),
    ),
    Check(
        "financing-outside",
        ("3.4-financing-abroad",),
        "outside",
        outside_statement(
            "3.4-financing-abroad", "k23", "covers other years, without a split", decisive=False
        ),
        ("P11", "X19"),
    ),
    Check(
        "financing-missing",
        ("3.4-financing-abroad",),
        "missing",
        missing("a sum by year and country"),
    ),
    Check(
        "federal-budget",
        ("3.4-budget-federal",),
        "outside",
        outside_value(
            "3.4-budget-federal",
            "budgets",
            "value_million",
            1e-3,
            same_scope=False,
            printed_by={"scope": "all_federal", "vintage": "outline"},
            scope="all_federal",
            fiscal_year=2020,
        ),
        ("P10", "X04a", "X04b", "X04c"),
    ),
    Check(
        "federal-year",
        ("3.4-budget-federal-year",),
        "outside",
        outside_year(
            "3.4-budget-federal-year",
            "3.4-budget-federal",
            "fiscal_year",
            1e-3,
            scope="all_federal",
            vintage="outline",
        ),
        ("X04a",),
    ),
    Check(
        "energy-budget",
        ("3.4-budget-energy",),
        "outside",
        outside_value(
            "3.4-budget-energy",
            "budgets",
            "value_million",
            scope="doe_ceser",
            aside="for the whole account and not new money",
            fiscal_year=2020,
            vintage="enacted",
        ),
        ("P12", "X05"),
    ),
    Check(
        "horizon-amount",
        ("3.4-horizon",),
        "outside",
        outside_value(
            "3.4-horizon",
            "budgets",
            "value_million",
            aside="out of the programme and not into it",
            scope="eu_programme",
            fiscal_year=2019,
        ),
        ("P13", "X06"),
    ),
    Check(
        "horizon-date",
        ("3.4-horizon-year",),
        "outside",
        outside_year(
            "3.4-horizon-year",
            "3.4-horizon",
            "published",
            1.0,
            scope="eu_programme",
            fiscal_year=2019,
        ),
        ("X06",),
    ),
    Check(
        "training-money",
        ("3.3-budget-mxd",),
        "missing",
        missing("any second record of the allocation"),
        ("P12",),
    ),
    Check(
        "c-outside",
        (C_2019,),
        "outside",
        outside_value(
            C_2019,
            "china",
            "value_rmb_billion",
            year=2019,
            scope_id="industrial_information_security",
            kind="derived",
            same_scope=False,
        ),
        ("X02b",),
    ),
    Check("c-base", (C_GROWTH,), "growth", base_year_level(C_GROWTH, C_2019), ("P08",)),
    Check(
        "c-growth-missing",
        (C_GROWTH,),
        "missing",
        missing("a size of the year before under the same label"),
    ),
    Check("c-to-d", (D_2021,), "growth", growth_needed(C_2019, D_2021, C_GROWTH), ("P05",)),
    Check(
        "d-outside",
        (D_2021,),
        "outside",
        outside_value(
            D_2021,
            "china",
            "value_rmb_billion",
            same_scope=False,
            year=2021,
            scope_id="industrial_internet_security",
        ),
        ("X02a",),
    ),
    Check(
        "financing-start",
        ("5.4-financing-e-2020",),
        "missing",
        missing("when the sum begins, and a second sum"),
        ("P14",),
    ),
    Check(
        "plan-period",
        ("6-plan-start", "6-plan-end"),
        "date",
        length_of_period("6-plan-start", "6-plan-end", 5),
    ),
    Check(
        "aspects-china", ("6-aspects",), "count against text", count_of_sections("6-aspects", "6")
    ),
)
