"""What must an array handed to the matching core look like, and how is one filled up that was not given?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, get_args, get_type_hints

import numpy as np
from numpy.typing import NDArray

# A limit that no true value passes, but seconds taken for minutes do.
LATEST_MINUTE = 200_000_000  # in the year 2350


class ProblemError(ValueError):
    """The arrays contradict each other or hold values that mean nothing."""


class ArraySpec(NamedTuple):
    """What an array must look like: axes by letter, allowed range, and what build() fills it with."""

    axes: str
    default: Any
    low: float = -np.inf
    high: float = np.inf
    nan: bool = False


Specs = Mapping[str, tuple[ArraySpec, np.dtype[Any]]]


def count(axes: str) -> ArraySpec:
    """Whole numbers from 0 on."""
    return ArraySpec(axes, default=0, low=0)


def minute(axes: str, default: int = 0) -> ArraySpec:
    """Whole minutes since 1970-01-01T00:00Z."""
    return ArraySpec(axes, default, low=-LATEST_MINUTE, high=LATEST_MINUTE)


def flag(axes: str, default: bool = False) -> ArraySpec:
    """Yes or no."""
    return ArraySpec(axes, default)


def specs_of(owner: type) -> Specs:
    """Specification and dtype of each array of a dataclass by name, read from its annotations."""
    specs = {}
    for name, hint in get_type_hints(owner, include_extras=True).items():
        if get_args(hint) and isinstance(get_args(hint)[-1], ArraySpec):
            array_type, spec = get_args(hint)
            (scalar,) = get_args(get_args(array_type)[1])  # NDArray[x] is ndarray[shape, dtype[x]]
            specs[name] = (spec, np.dtype(scalar))
    return specs


def freeze(owner: Any, specs: Specs, sizes: Mapping[str, int]) -> None:
    """Replace the arrays of a frozen dataclass by read-only views; raises ProblemError for a wrong one."""
    for name, (spec, dtype) in specs.items():
        array = getattr(owner, name)
        _check(name, array, spec, dtype, tuple(sizes[axis] for axis in spec.axes))
        frozen = array.view()
        frozen.flags.writeable = False
        object.__setattr__(owner, name, frozen)


def fill(given: Mapping[str, Any], specs: Specs, sizes: Mapping[str, int]) -> dict[str, NDArray[Any]]:
    """Every array by name, broadcast to its shape, with the default where it is not given."""
    return {
        name: _broadcast(
            name, given.get(name, spec.default), spec.axes, dtype, tuple(sizes[axis] for axis in spec.axes)
        )
        for name, (spec, dtype) in specs.items()
    }


def _check(name: str, array: Any, spec: ArraySpec, dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
    if not isinstance(array, np.ndarray):
        raise ProblemError(f"{name} must be an array, not {type(array).__name__}")
    if array.dtype != dtype:
        raise ProblemError(f"{name} is {array.dtype}, expected {dtype}")
    if array.shape != shape:
        raise _wrong_shape(name, array.shape, spec.axes, shape)
    if dtype == np.bool_:
        return
    if not spec.nan and np.isnan(array).any():
        raise ProblemError(f"{name} holds NaN")
    # A comparison with NaN is false, so an allowed NaN passes.
    if (array < spec.low).any() or (array > spec.high).any():
        raise ProblemError(f"{name} must lie between {spec.low:g} and {spec.high:g}")


def _broadcast(
    name: str, value: Any, axes: str, dtype: np.dtype[Any], shape: tuple[int, ...]
) -> NDArray[Any]:
    given = np.asarray(value)
    # Cutting 2.5 km down to a whole level silently would hide a mix-up of arguments.
    if given.size and not np.can_cast(given.dtype, dtype, casting="same_kind"):
        raise ProblemError(f"{name} is {given.dtype}, expected {dtype}")
    try:
        array = np.broadcast_to(given, shape).astype(dtype)
    except ValueError:
        raise _wrong_shape(name, given.shape, axes, shape) from None
    if dtype.kind == "i" and (array != given).any():
        raise ProblemError(f"{name} does not fit into {dtype}")
    return array


def _wrong_shape(name: str, got: tuple[int, ...], axes: str, expected: tuple[int, ...]) -> ProblemError:
    return ProblemError(f"{name} has shape {got}, expected {expected} = [{', '.join(axes)}]")
