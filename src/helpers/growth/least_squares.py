"""Nonlinear least squares for small problems, to the accuracy of certified reference results.

The defaults of general libraries lose digits through difference Jacobians and loose tolerances,
and some report success on problems without a solution. Here every start runs a trust-region
search with a complex-step Jacobian, then a Levenberg-Marquardt polish and Gauss-Newton steps that
are kept only where they do not make the fit worse; a singular-value test decides whether the
parameters are determined at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

Model = Callable[[np.ndarray, np.ndarray], np.ndarray]

# Column-scaled Jacobians of identified problems keep their smallest singular value far above
# this fraction of the largest (about 1e-5 in the hardest certified set); below it, rounding
# alone decides the parameters.
RANK_TOLERANCE = 1e-11
# Two starts count as one solution when all parameters agree to this relative difference.
SAME_SOLUTION = 1e-6
_TIGHT = 1e-15
_COMPLEX_STEP = 1e-30


@dataclass(frozen=True)
class Solution:
    """Least-squares solution.

    Attributes
    ----------
    params : numpy.ndarray, shape (p,)
        Estimates.
    covariance : numpy.ndarray, shape (p, p)
        Of the estimates; infinite without full rank or without a degree of freedom.
    rss : float
        Residual sum of squares.
    df : int
        Observations minus parameters.
    rank : int
        Numerical rank of the column-scaled Jacobian at the solution.
    converged : bool
        The step that remains is negligible and the Jacobian has full rank.
    starts_tried, starts_agreeing : int
        Starts searched, and those that ended at this solution.
    """

    params: np.ndarray
    covariance: np.ndarray
    rss: float
    df: int
    rank: int
    converged: bool
    starts_tried: int
    starts_agreeing: int

    @property
    def se(self) -> np.ndarray:
        """Standard errors, shape (p,)."""
        return np.sqrt(np.diag(self.covariance))


def complex_step_jacobian(model: Model, x: np.ndarray, params: np.ndarray) -> np.ndarray:
    """Return the derivatives of `model` by parameter, shape (n, p), to working precision.

    The derivative is the imaginary part after a tiny imaginary step, so nothing is subtracted
    and no digits cancel (Squire and Trapp 1998). The model must be built from functions that
    accept complex numbers.
    """
    columns = []
    for position in range(params.size):
        shifted = params.astype(complex)
        step = _COMPLEX_STEP * max(abs(params[position]), 1.0)
        shifted[position] += 1j * step
        columns.append(np.imag(model(x, shifted)) / step)
    return np.column_stack(columns)


def solve(
    model: Model, x, y, starts: Sequence[Sequence[float]], most_evaluations: int = 2000
) -> Solution:
    """Minimise the sum of squares of ``y - model(x, params)`` from several starts.

    Parameters
    ----------
    model : callable ``(x, params) -> values``
        Must accept complex parameters (see `complex_step_jacobian`).
    x, y : array-like, shape (n,)
    starts : sequence of parameter vectors
        Each is searched in full; the smallest residual sum wins.
    most_evaluations : int
        Limit for each search from each start. A search cut short shows as not converged.

    Returns
    -------
    Solution

    Raises
    ------
    ValueError
        No starts, starts of unequal length, or the model is not finite at any start.
    """
    x = np.asarray(x, dtype=float)
    y = np.asarray(y, dtype=float)
    if not len(starts):
        raise ValueError("least squares needs at least one start.")
    points = [np.asarray(start, dtype=float) for start in starts]
    if any(point.shape != points[0].shape or point.ndim != 1 for point in points):
        raise ValueError("all starts must be vectors of the same length.")

    def residuals(params: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            return model(x, params) - y

    def jacobian(params: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            return complex_step_jacobian(model, x, params)

    scale = float(np.linalg.norm(y))
    ends = [
        end for point in points
        for end in _search(residuals, jacobian, point, most_evaluations, scale)
    ]
    if not ends:
        raise ValueError("the model is not finite at any start; give starts nearer to the data.")
    best = min(ends, key=lambda end: _sum_of_squares(residuals(end)))
    return _describe(residuals, jacobian, best, ends, len(points), scale)


def _sum_of_squares(vector: np.ndarray) -> float:
    with np.errstate(all="ignore"):
        total = float(vector @ vector)
    return total if np.isfinite(total) else np.inf


def _usable(residuals, jacobian, params) -> bool:
    return bool(
        np.isfinite(params).all()
        and np.isfinite(_sum_of_squares(residuals(params)))
        and np.isfinite(jacobian(params)).all()
    )


def _search(
    residuals, jacobian, start: np.ndarray, most_evaluations: int, scale: float
) -> list[np.ndarray]:
    """Return the end point of one start as a list, empty where the model cannot be followed."""
    if not _usable(residuals, jacobian, start):
        return []
    end, finished = _library_search(residuals, jacobian, start, "trf", most_evaluations)
    if end is None:
        return []
    # Levenberg-Marquardt needs as many values as parameters, and it would only creep on where
    # the first search did not finish.
    if finished and residuals(end).size >= end.size:
        polished, _ = _library_search(residuals, jacobian, end, "lm", most_evaluations)
        if polished is not None and _sum_of_squares(residuals(polished)) <= _sum_of_squares(
            residuals(end)
        ):
            end = polished
    return [_gauss_newton(residuals, jacobian, end, scale)]


def _library_search(residuals, jacobian, start, method, most_evaluations):
    """Return the end point (None where the model overflows) and whether the search finished."""
    from scipy.optimize import least_squares

    try:
        with np.errstate(all="ignore"):
            found = least_squares(
                residuals,
                start,
                jac=jacobian,
                method=method,
                x_scale="jac",
                ftol=_TIGHT,
                xtol=_TIGHT,
                gtol=_TIGHT,
                max_nfev=most_evaluations,
            )
    except (ValueError, np.linalg.LinAlgError):
        # A step into a region where the model overflows ends this search, not the others.
        return None, False
    return (found.x if _usable(residuals, jacobian, found.x) else None), found.status > 0


def _scaled_svd(matrix: np.ndarray):
    """Return the SVD of a Jacobian with unit columns, the column norms and the rank."""
    norms = np.linalg.norm(matrix, axis=0)
    left, singular, right = np.linalg.svd(
        matrix / np.where(norms > 0, norms, 1.0), full_matrices=False
    )
    rank = int(np.sum(singular > RANK_TOLERANCE * singular[0])) if singular[0] > 0 else 0
    return left, singular, right, np.where(norms > 0, norms, 1.0), rank


def _newton_step(residuals, jacobian, params) -> tuple[np.ndarray, float] | None:
    """Return the Gauss-Newton step and the norm of the change it makes in the fitted values."""
    left, singular, right, norms, rank = _scaled_svd(jacobian(params))
    if rank < params.size:
        return None
    projected = left.T @ residuals(params)
    return -(right.T @ (projected / singular)) / norms, float(np.linalg.norm(projected))


def _gauss_newton(residuals, jacobian, params, scale: float) -> np.ndarray:
    """Refine a solution past the point where the sum of squares stops telling steps apart.

    The sum is flat to half the digits of the parameters; the gradient is not, so full steps
    are taken while they shrink and do not make the sum worse beyond its rounding error. A
    residual is rounded as the value it comes from is, so that error grows with the norm of the
    data (`scale`): with a bound that did not, one processor stopped a digit before another.
    """
    smallest = np.inf
    for _ in range(30):
        found = _newton_step(residuals, jacobian, params)
        if found is None or not found[1] < smallest:
            return params
        step, smallest = found
        following = params + step
        sum_of_squares = _sum_of_squares(residuals(params))
        norm = np.sqrt(sum_of_squares)
        allowed = sum_of_squares + 8.0 * np.finfo(float).eps * norm * (norm + scale)
        if not _usable(residuals, jacobian, following):
            return params
        if _sum_of_squares(residuals(following)) > allowed:
            return params
        params = following
    return params


def _describe(residuals, jacobian, best, ends, starts_tried, scale) -> Solution:
    vector = residuals(best)
    rss = _sum_of_squares(vector)
    df = vector.size - best.size
    _, singular, right, norms, rank = _scaled_svd(jacobian(best))
    full = rank == best.size
    if full and df > 0:
        root = (right.T / singular) / norms[:, np.newaxis]
        covariance = rss / df * (root @ root.T)
    else:
        covariance = np.full((best.size, best.size), np.inf)
    found = _newton_step(residuals, jacobian, best)
    rounding = 100.0 * np.finfo(float).eps * scale
    converged = found is not None and bool(found[1] <= 1e-7 * np.sqrt(rss) + rounding)
    agreeing = sum(
        bool(np.all(np.abs(end - best) <= SAME_SOLUTION * np.abs(best) + 1e-12)) for end in ends
    )
    return Solution(best, covariance, rss, df, rank, converged, starts_tried, agreeing)
