"""Results of sections 5 and 6 by their definitions."""

import itertools
import math
from fractions import Fraction

from recomputed.common import (
    agreement,
    amount,
    by_coder,
    chained,
    half,
    mean_rate,
    near,
    rate_between,
    root_of,
    same,
)
from recomputed.demands import ENDS, level, year_of
from recomputed.register import again

# ------------------------------------------------------------------ 5.1 to 5.5


TOP_LEVEL = "5-1-top-level-design"
C, GROWTH_C, D = "5.1-industry-c-2019", "5.1-growth-c-2019", "5.3-market-d-2021"


@again(TOP_LEVEL, "china_base_2018", 0)
@again(TOP_LEVEL, "china_base_2018_low", -1)
@again(TOP_LEVEL, "china_base_2018_high", 1)
def china_base_2018(t, s, side):
    """What grew by the stated rate to the size of 2019, and the ends that rounding allows."""
    return (amount(t, C) + side * half(t, s, C)) / (
        1 + amount(t, GROWTH_C) - side * half(t, s, GROWTH_C))


@again(TOP_LEVEL, "china_increment_2019")
def china_increment_2019(t, s):
    """Size of 2019 less that of the year before."""
    return amount(t, C) - china_base_2018(t, s, 0)


@again(TOP_LEVEL, "china_doubling_time")
def china_doubling_time(t, s):
    """Years after which growth at the stated rate has made two of one."""
    return math.log2(2) / math.log2(1 + amount(t, GROWTH_C))


PRODUCTS = "5-2-products-and-players"


@again(PRODUCTS, "aspects_told", None)
@again(PRODUCTS, "weaknesses_told", "weakness")
def aspects_told(t, s, aspect):
    """Portraits of the kinds of firms, abroad and in China."""
    return {place: sum(row["place"] == place and row["words"] != ""
                       and aspect in (None, row["aspect"]) for row in t("class_portraits"))
            for place in ("abroad", "china")}


CHINA = "5-3-market-in-china"


@again(CHINA, "china_factor")
def china_factor(t, s):
    """Figure D over figure C."""
    return amount(t, D) / amount(t, C)


@again(CHINA, "china_rate_needed")
def china_rate_needed(t, s):
    """The growth that, chained, leads from C to D."""
    return rate_between(amount(t, C), amount(t, D), year_of(t, D) - year_of(t, C))


@again(CHINA, "china_at_stated_2021")
def china_at_stated_2021(t, s):
    """Figure C chained at the stated growth."""
    return chained(amount(t, C), amount(t, GROWTH_C), year_of(t, D) - year_of(t, C))


@again(CHINA, "china_residual_factor")
def china_residual_factor(t, s):
    """Figure D over that."""
    return amount(t, D) / china_at_stated_2021(t, s)


@again(CHINA, "china_years_at_stated")
def china_years_at_stated(t, s):
    """Years in which C reaches D at the stated growth."""
    growth, wanted = float(amount(t, GROWTH_C)), float(china_factor(t, s))
    return root_of(lambda years: (1 + growth) ** years - wanted, 0.0, 100.0)


@again(CHINA, "break_even_rate_2019", C, ENDS["b"][0])
@again(CHINA, "break_even_rate_2021", D, ENDS["b"][1])
def break_even_rate(t, s, in_rmb, in_usd):
    """Yuan over dollars: the rate at which the two amounts are one."""
    return amount(t, in_rmb) / amount(t, in_usd)


@again(CHINA, "share_of_a_jump")
def share_of_a_jump(t, s):
    """D over market A of its year, by C over market A of its year, in dollars."""
    of_d, of_c = (float(amount(t, claim) / mean_rate(t, s, "CNY", year_of(t, claim)))
                  / level(t, s, "a", year_of(t, claim)) for claim in (D, C))
    return of_d / of_c


CHINA_MONEY = "5-4-investment-in-china"


@again(CHINA_MONEY, "hotspots_named")
def hotspots_named(t, s):
    """Fields that investors are said to favour."""
    return sum(row["section"] == "5.4" for row in t("investment_hotspots"))


@again(CHINA_MONEY, "investing_companies_named")
def investing_companies_named(t, s):
    """Bodies of section 5.4, each under its first name."""
    return sum(row["section"] == "5.4" and row["alias_of"] == "" for row in t("organisations"))


REGIONS = "5-5-regions-and-challenges"


def stated_challenges(t):
    """Challenges but for the overall judgement that opens the list."""
    return [row["challenge_id"] for row in t("challenges") if row["overall"] == "no"]


def standing_against(t, coder, relation, sections=""):
    """Challenges that stand so against a section of these, by one coder."""
    return {row["challenge_id"] for row in t("challenge_elsewhere")
            if row["coder"] == coder and row["relation"] == relation
            and row["section"].startswith(sections)}


@again(REGIONS, "challenges")
def challenges(t, s):
    """Challenges stated."""
    return len(stated_challenges(t))


@again(REGIONS, "challenges_contradicted", "", "first")
@again(REGIONS, "challenges_contradicted_second", "", "second")
@again(REGIONS, "challenges_contradicted_both", "", "first", "second")
@again(REGIONS, "challenges_contradicted_in_section_5", "5", "first")
def challenges_contradicted(t, s, sections, *coders):
    """Challenges that a statement contradicts, by the coder or both."""
    return len(set.intersection(
        *(standing_against(t, coder, "contradicts", sections) for coder in coders)))


@again(REGIONS, "challenges_in_tension", "first")
@again(REGIONS, "challenges_in_tension_both", "first", "second")
def challenges_in_tension(t, s, *coders):
    """Challenges in tension with a statement and contradicted by none, by the coder or both."""
    return len(set.intersection(
        *(standing_against(t, coder, "in tension") - standing_against(t, coder, "contradicts")
          for coder in coders)))


@again(REGIONS, "coder_agreement")
def elsewhere_agreement(t, s):
    """Agreement of the coders on challenges by subsections of 5 and 6, codes without an order."""
    codes = by_coder(t("challenge_elsewhere"), "challenge_id", "section", code="verdict")
    sections = [row["section"] for row in t("sections") if row["section"][:2] in ("5.", "6.")]
    cells = itertools.product(stated_challenges(t), sections)
    return agreement(codes["first"], codes["second"], cells, "silent", same)


# ------------------------------------------------------------------ 6


ADVICE = "6-suggestions-for-china"


def answers(t, coder, level=None):
    """Pairs of challenge and suggestion that a coder links."""
    return {(row["challenge_id"], row["suggestion_id"]) for row in t("challenge_suggestion")
            if row["coder"] == coder and level in (None, row["link"])}


@again(ADVICE, "challenges_without_direct_answer", "first", "first")
@again(ADVICE, "challenges_without_direct_answer_both", "first", "second")
def challenges_without_direct_answer(t, s, *coders):
    """Challenges that no suggestion answers directly, by the coders."""
    answered = [{pair[0] for pair in answers(t, coder, "direct")} for coder in coders]
    return sum(all(challenge not in held for held in answered) for challenge in
               stated_challenges(t))


@again(ADVICE, "orphan_suggestions", "first", "first")
@again(ADVICE, "orphan_suggestions_second", "second", "second")
@again(ADVICE, "orphan_suggestions_both", "first", "second")
def orphan_suggestions(t, s, *coders):
    """Suggestions that answer no challenge, by the coders."""
    used = [{pair[1] for pair in answers(t, coder)} for coder in coders]
    return sum(all(row["suggestion_id"] not in held for held in used) for row in t("suggestions"))


@again(ADVICE, "coverage_density", "first")
@again(ADVICE, "coverage_density_second", "second")
def coverage_density(t, s, coder):
    """Linked pairs over all pairs."""
    return Fraction(len(answers(t, coder)), len(stated_challenges(t)) * len(t("suggestions")))


@again(ADVICE, "coder_agreement")
def answer_agreement(t, s):
    """Agreement of the coders on all pairs, half for neighbouring levels."""
    codes = by_coder(t("challenge_suggestion"), "challenge_id", "suggestion_id", code="link")
    cells = itertools.product(stated_challenges(t),
                              [row["suggestion_id"] for row in t("suggestions")])
    return agreement(codes["first"], codes["second"], cells, "none", near)


@again(ADVICE, "suggestions_with_actor", "actor")
@again(ADVICE, "suggestions_with_deadline", "deadline")
@again(ADVICE, "suggestions_with_quantity", "quantity")
def suggestions_with(t, s, mark):
    """Suggestions that the first coder gives a mark."""
    return sum(row["coder"] == "first" and row[mark] == "yes"
               for row in t("suggestion_specificity"))
