"""Counts: whole numbers behind a rounded share, overlaps of two groups, and yearly counts.

A printed percentage of a small group allows only a few whole numbers; two shares of one group
bound their overlap (Frechet); a row of yearly counts has a trend and a scatter, both of which a
model must state. Nothing here knows where a count comes from.
"""

import math
import warnings
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import pandas as pd

from helpers import growth

MODELS = {"poisson": "Poisson", "negative_binomial": "negative binomial"}
# Three parameters (level, slope, spread) and two degrees of freedom left to judge them by.
FEWEST_YEARS = 5
WINDOW = 5  # years of past in the rolling-origin comparison
HORIZONS = (1, 2, 3)
# Below this the spread beyond Poisson is under a millionth of the mean: rounding of the optimiser.
LEAST_ALPHA = 1e-8
# Scores live on the log scale, where a count of zero has no place.
HALF_A_COUNT = 0.5


class CountError(ValueError):
    """A count, share or series that the functions here cannot take."""


# ------------------------------------------------------------------ shares and overlaps


def feasible_integers(percent, total, decimals=0) -> range:
    """Whole numbers whose share of `total`, rounded, is the printed percentage.

    Parameters
    ----------
    percent : number or str
        As printed, 0 to 100; text (``"76.5"``) is exact.
    total : int
        Size of the group, at least 1.
    decimals : int
        Decimals of the printed percentage.

    Returns
    -------
    range
        Consecutive numbers; empty if no whole number rounds to the percentage. A share that lies
        exactly half-way counts for both neighbours, since the print does not say which rule of
        rounding it follows.

    Raises
    ------
    CountError
        If `total` is no positive whole number or `percent` is outside 0 to 100.
    """
    total = _whole(total, "total", 1)
    printed = _percentage(percent)
    half = Fraction(1, 2 * 10 ** _whole(decimals, "decimals", 0))
    low = max(0, math.ceil((printed - half) * total / 100))
    high = min(total, math.floor((printed + half) * total / 100))
    return range(low, high + 1)


def smallest_above(percent, total) -> int:
    """Smallest whole number that is more than a percentage of `total`.

    Raises
    ------
    CountError
        As `feasible_integers`, and if the percentage is 100: nothing is more than all.
    """
    total, printed = _whole(total, "total", 1), _percentage(percent)
    if printed >= 100:
        raise CountError(f"No part of a group is more than {percent} % of it.")
    return math.floor(printed * total / 100) + 1


def overlap_bounds(first, second, total) -> tuple[int, int]:
    """Fewest and most members that two groups of given sizes can share (Frechet bounds).

    Parameters
    ----------
    first, second : int
        Sizes of two groups inside one of `total` members.
    total : int

    Returns
    -------
    (int, int)
        ``max(0, first + second - total)`` and ``min(first, second)``. Both are attained.

    Raises
    ------
    CountError
        If a size is no whole number between 0 and `total`.
    """
    total = _whole(total, "total", 0)
    sizes = [_whole(size, "a group", 0) for size in (first, second)]
    if max(sizes) > total:
        raise CountError(f"A group of {max(sizes)} does not fit into {total}.")
    return max(0, sum(sizes) - total), min(sizes)


def _whole(number, name: str, least: int) -> int:
    if isinstance(number, bool) or number != number or int(number) != number or number < least:
        raise CountError(f"{name} must be a whole number of at least {least}; got {number!r}.")
    return int(number)


def _percentage(percent) -> Fraction:
    # Fraction(0.1) is the binary neighbour of 0.1; its text is what the print says.
    exact = Fraction(str(percent))
    if not 0 <= exact <= 100:
        raise CountError(f"A share lies between 0 and 100 %; got {percent!r}.")
    return exact


# ------------------------------------------------------------------ trend of yearly counts


@dataclass(frozen=True)
class CountTrend:
    """A fitted trend of yearly counts: ``ln(mean) = level + slope * (year - centre)``.

    Attributes
    ----------
    model : {'poisson', 'negative_binomial'}
    n, df : int
        Years, and years less the two parameters of the mean.
    first_year, last_year : int
    centre : float
        Mean year.
    level, slope : float
        On the log scale, per year.
    alpha : float
        Spread beyond Poisson: variance is ``mean + alpha * mean**2``. Zero for Poisson, and
        where the likelihood is highest without any such spread.
    growth : float
        ``exp(slope) - 1``, fraction per year.
    growth_interval : (float, float)
        Normal interval of the slope at `coverage`, transformed.
    scaled_interval : (float, float)
        The same with the Poisson error scaled by the dispersion (quasi-Poisson).
    dispersion : float
        Pearson chi-square of the Poisson fit over `df`; about 1 if counts scatter as Poisson.
    coverage : float
    """

    model: str
    n: int
    df: int
    first_year: int
    last_year: int
    centre: float
    level: float
    slope: float
    alpha: float
    growth: float
    growth_interval: tuple[float, float]
    scaled_interval: tuple[float, float]
    dispersion: float
    coverage: float
    _parameters: np.ndarray = field(repr=False, compare=False)
    _covariance: np.ndarray = field(repr=False, compare=False)

    def mean(self, years) -> pd.Series:
        """Fitted mean count, indexed by year."""
        years = np.atleast_1d(np.asarray(years))
        values = np.exp(self.level + self.slope * (years - self.centre))
        return pd.Series(values, pd.Index(years, name="year"), name="mean")

    def predict(self, years, *, draws, seed) -> pd.DataFrame:
        """Mean and interval of a new count in each year.

        Parameters
        ----------
        years : array-like of int, shape (n,)
        draws : int
            Number of simulated counts a year.
        seed : int or numpy.random.Generator

        Returns
        -------
        pandas.DataFrame
            Indexed by year; ``mean`` (fitted), ``median, lower, upper`` of the simulated counts
            at `coverage`. Quantiles are counts that were drawn, never values between two.
        """
        years = np.atleast_1d(np.asarray(years))
        tail = (1 - self.coverage) / 2
        quantiles = [
            np.quantile(drawn, [0.5, tail, 1 - tail], method="inverted_cdf")
            for drawn in self._simulate(years, draws, seed)
        ]
        frame = pd.DataFrame(
            quantiles, pd.Index(years, name="year"), columns=["median", "lower", "upper"]
        )
        frame.insert(0, "mean", self.mean(years).to_numpy())
        return frame

    def simulate(self, years, *, draws, seed) -> np.ndarray:
        """New counts: parameters from their covariance, then a count from each.

        The prediction of statsmodels is an interval of the mean; a new count scatters about it.

        Returns
        -------
        numpy.ndarray of int, shape (years, draws)
            Years of one draw share its parameters.
        """
        return np.stack(list(self._simulate(np.atleast_1d(np.asarray(years)), draws, seed)))

    def _simulate(self, years, draws, seed):
        """One year at a time: all years of two million draws at once would fill the memory."""
        draws = _whole(draws, "draws", 1)
        generator = np.random.default_rng(seed)
        drawn = generator.multivariate_normal(
            self._parameters, self._covariance, size=draws, method="cholesky"
        ).T
        level, slope = drawn[:2]
        # A normal draw of the spread may fall below zero, where the model is Poisson.
        spread = np.maximum(drawn[2], 0.0) if self.alpha else None
        for year in years:
            mean = np.exp(level + slope * (year - self.centre))
            if spread is not None:
                # The negative binomial n = 1/alpha, p = 1/(1 + alpha*mean) is a Poisson count
                # whose mean is gamma distributed; written so, it has the limit alpha = 0.
                some = spread > LEAST_ALPHA
                mean[some] = generator.gamma(1 / spread[some], spread[some] * mean[some])
            yield generator.poisson(mean)


def fit_trend(years, counts, model="negative_binomial", coverage=0.8) -> CountTrend:
    """Fit a constant yearly growth to counts.

    Parameters
    ----------
    years : array-like of int, shape (n,)
        Strictly increasing. A partial year does not belong here.
    counts : array-like of int, shape (n,)
    model : {'negative_binomial', 'poisson'}
        Poisson errors are too small where counts scatter more than independent events do.
    coverage : float
        Nominal coverage of the intervals, between 0 and 1.

    Returns
    -------
    CountTrend

    Raises
    ------
    growth.TooFewPoints
        Fewer than `FEWEST_YEARS` years.
    CountError
        Unknown model, counts that are no whole numbers above zero throughout, years not
        increasing, bad coverage.

    Notes
    -----
    ``GLM`` with the family ``NegativeBinomial`` would fix alpha at 1 and inflate the error several
    times, so alpha is estimated with ``statsmodels.api.NegativeBinomial``. That optimiser fails
    where the likelihood rises towards alpha = 0; the sign of its slope there decides first
    (``sum((count - mean)**2 - count)``), and the Poisson fit is the answer where it is not above
    zero.

    The trend assumes independent scatter about a fixed line. Counts carry their shocks forward,
    so these intervals are optimistic; compare `compare_models`.
    """
    import statsmodels.api as sm
    from scipy import stats

    if model not in MODELS:
        raise CountError(f"unknown count model {model!r}; use one of {', '.join(MODELS)}.")
    if not 0 < coverage < 1:
        raise CountError(f"coverage must lie between 0 and 1; got {coverage!r}.")
    time, count = _series(years, counts)
    if time.size < FEWEST_YEARS:
        raise growth.TooFewPoints(
            f"A trend of yearly counts needs at least {FEWEST_YEARS} full years; got {time.size}. "
            "Reported instead: the counts themselves."
        )
    centre = float(time.mean())
    design = sm.add_constant(time - centre)
    with warnings.catch_warnings():
        # Counts that lie exactly on a trend are called a perfect separation; for us they are fine.
        warnings.simplefilter("ignore")
        poisson = sm.GLM(count, design, family=sm.families.Poisson()).fit(tol=1e-12)
    dispersion = float(poisson.pearson_chi2 / poisson.df_resid)
    parameters, covariance, alpha = poisson.params, poisson.cov_params(), 0.0
    if model == "negative_binomial":
        spread = _spread(count, design, poisson)
        if spread is not None:
            parameters, covariance = spread
            alpha = float(parameters[2])
    level, slope = (float(value) for value in parameters[:2])
    reach = stats.norm.ppf(0.5 + coverage / 2)

    def interval(centre_slope, variance):
        ends = centre_slope + np.array([-1, 1]) * reach * math.sqrt(variance)
        return tuple(float(end) for end in np.expm1(ends))

    return CountTrend(
        model=model, n=time.size, df=int(poisson.df_resid), first_year=int(time[0]),
        last_year=int(time[-1]), centre=centre, level=level, slope=slope, alpha=alpha,
        growth=float(np.expm1(slope)), growth_interval=interval(slope, covariance[1, 1]),
        scaled_interval=interval(poisson.params[1], dispersion * poisson.cov_params()[1, 1]),
        dispersion=dispersion, coverage=float(coverage),
        _parameters=np.asarray(parameters), _covariance=np.asarray(covariance),
    )


def _spread(count, design, poisson):
    """Parameters and covariance of the negative binomial, or None at the Poisson limit."""
    import statsmodels.api as sm

    mean = poisson.fittedvalues
    slope_at_zero = np.sum((count - mean) ** 2 - count)
    if slope_at_zero <= 0:
        return None
    # Method of moments; near enough for the optimiser to reach the maximum.
    start = max(slope_at_zero / np.sum(mean**2), 1e-6)
    problem = sm.NegativeBinomial(count, design)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        # A first try that fails is not news: the answer is judged below, not its warnings.
        warnings.simplefilter("ignore")
        best = problem.fit(
            start_params=[*poisson.params, start], method="bfgs", maxiter=500, gtol=1e-8, disp=0
        )
        polished = problem.fit(start_params=best.params, method="newton", maxiter=100, disp=0)
    for fit in (polished, best):
        values, errors = fit.params, fit.cov_params()
        usable = np.isfinite(values).all() and np.isfinite(errors).all()
        if usable and values[2] > LEAST_ALPHA and (np.linalg.eigvalsh(errors) > 0).all():
            return values, errors
    return None


def _series(years, counts):
    time, count = np.asarray(years, dtype=float), np.asarray(counts, dtype=float)
    if time.shape != count.shape or time.ndim != 1:
        raise CountError(f"{time.size} years and {count.size} counts do not match.")
    if not (np.isfinite(time).all() and np.isfinite(count).all()):
        raise CountError("years and counts must be finite; drop years without a count.")
    if (np.diff(time) <= 0).any():
        raise CountError("years must be strictly increasing.")
    if (count < 0).any() or (count != np.round(count)).any():
        raise CountError("counts must be whole numbers, 0 or more.")
    if count.size and not count.any():
        raise CountError("all counts are zero: there is no trend to fit.")
    return time, count


def drift_growth_interval(walk, span) -> tuple[float, float]:
    """Interval of the growth of a random walk with drift, at the coverage of its fit.

    Parameters
    ----------
    walk : growth.GrowthFit
        Model ``random_walk_drift``.
    span : number
        Years between the first and the last value.

    Returns
    -------
    (float, float)
        ``exp(drift -+ t(n-2) * sigma / sqrt(span)) - 1``, fraction per year. It rests on the
        yearly changes alone, so it is wider than that of a trend fitted to the same counts.
    """
    from scipy import stats

    reach = stats.t.ppf(0.5 + walk.coverage / 2, walk.df) * walk.sigma / math.sqrt(span)
    drift = math.log1p(walk.growth)
    return math.expm1(drift - reach), math.expm1(drift + reach)


# ------------------------------------------------------------------ which model to trust


def compare_models(years, counts, *, coverage, draws, seed, window=WINDOW, horizons=HORIZONS):
    """Forecast every year from every earlier origin, by four models that all know the same past.

    Parameters
    ----------
    years : array-like of int, shape (n,)
        Consecutive years or with gaps; gaps are never filled.
    counts : array-like of int, shape (n,)
        Above zero, since errors are ratios.
    coverage : float
    draws : int
        Simulated counts per forecast of the two count models.
    seed : int
    window : int
        Years of past, at least `FEWEST_YEARS`.
    horizons : sequence of int

    Returns
    -------
    pandas.DataFrame
        As `growth.rolling_origin` gives it, for the models ``no_change``, ``random_walk_drift``,
        ``poisson`` and ``negative_binomial``; feed it to `growth.score`.

    Raises
    ------
    growth.TooFewPoints
        If no year lies ahead of a full window.
    """
    simple = growth.rolling_origin(
        years, counts, window, horizons, ["no_change", "random_walk_drift"], coverage
    )
    time, count = _series(years, counts)
    generator = np.random.default_rng(seed)
    rows = []
    for origin, ahead in simple[simple["model"] == "no_change"].groupby("origin"):
        past = (time > origin - window) & (time <= origin)
        targets = ahead["origin"].to_numpy() + ahead["horizon"].to_numpy()
        for model in MODELS:
            trend = fit_trend(time[past], count[past], model, coverage)
            frame = trend.predict(targets, draws=draws, seed=generator)
            frame = frame.clip(lower=HALF_A_COUNT)
            rows += [
                (origin, window, horizon, model, actual, line.median, line.lower, line.upper)
                for horizon, actual, line in zip(
                    ahead["horizon"], ahead["actual"], frame.itertuples(), strict=True)
            ]
    forecasts = pd.concat(
        [simple, pd.DataFrame(rows, columns=simple.columns)], ignore_index=True
    )
    forecasts.attrs["coverage"] = coverage
    return forecasts
