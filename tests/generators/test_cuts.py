"""On a branch cut a derivative is the limit from the side that the sign of zero says, for R and for D alike."""

import numpy as np
import pytest

import catdiff as cd

SIDES = [complex(x, y) for x in (2.0, -2.0) for y in (0.0, -0.0)]


@pytest.mark.parametrize("z", SIDES, ids=str)
@pytest.mark.parametrize(("name", "sign"), [("asin", 1.0), ("acos", -1.0)])
def test_derivatives_on_the_cut_keep_to_their_side(name, sign, z):
    """`asin′(z) = 1 / (√(1 − z) √(1 + z))`, written so that the sign of zero reaches the roots."""
    away = complex(z.real, np.copysign(1e-12, z.imag))
    want = sign / (np.sqrt(1 - away) * np.sqrt(1 + away))
    f = getattr(cd, name)(cd.c128())
    np.testing.assert_allclose(cd.jvp(f)(z, 1.0 + 0j)[1], want, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(np.conj(cd.R(f)(z, 1.0 + 0j)), want, rtol=1e-9, atol=1e-9)
