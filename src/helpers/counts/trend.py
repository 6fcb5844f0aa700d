"""Trend of yearly counts whose scatter a model states: Poisson or negative binomial."""

import math
import warnings
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from helpers import growth
from helpers.counts._checks import CountError, series, whole

MODELS = {"poisson": "Poisson", "negative_binomial": "negative binomial"}
# Three parameters (level, slope, spread) and two degrees of freedom left to judge them by.
FEWEST_YEARS = 5
# Below this the spread beyond Poisson is under a millionth of the mean: rounding of the optimiser.
LEAST_ALPHA = 1e-8


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
        draws = whole(draws, "draws", 1)
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
    time, count = series(years, counts)
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
