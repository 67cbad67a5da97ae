"""Conjugation as a family, extrema where entries cannot share a cotangent, sums of words."""

import numpy as np
import pytest

import catdiff as cd
from catdiff.errors import SignatureError

C = cd.c128(3)


def test_conj_is_a_family():
    z = np.array([1 + 2j, -1j, 0.5])
    assert cd.exp(C) >> cd.conj == cd.exp(C) >> cd.conj(C) == (cd.exp >> cd.conj)(C) == cd.exp >> cd.conj(C)
    np.testing.assert_array_equal((cd.exp >> cd.conj)(z), np.conj(np.exp(z)))
    np.testing.assert_array_equal(cd.conj(z), np.conj(z))
    assert cd.conj(cd.f64(3)) == cd.id(cd.f64(3))
    assert cd.dagger(cd.conj(C)) == cd.conj(C)


def test_einsum_of_no_operands_is_a_family():
    A, B = cd.f64(2, 3), cd.f64(3)
    turned = cd.einsum("ij->ji")
    assert eval(repr(turned))(A) == turned(A) == cd.transpose(A)
    assert cd.exp(A) >> turned == (cd.exp >> turned)(A) == cd.exp(A) >> cd.transpose
    repeated = cd.einsum("i->ij", sizes={"j": 4})
    assert repr(repeated) == "cd.einsum(subscripts='i->ij', sizes={'j': 4})"
    assert eval(repr(repeated))(B) == cd.einsum("i->ij", B, sizes={"j": 4})
    with pytest.raises(
        SignatureError, match=r"einsum takes subscripts first, not cd.f64\(2, 3\)\nhint: cd.einsum\('ij,j"
    ):
        cd.einsum(A)


@pytest.mark.parametrize(("family", "at"), [(cd.max, -1), (cd.min, 0)])
def test_an_extremum_of_integers_says_why_not_and_what_instead(family, at):
    with pytest.raises(
        SignatureError, match=rf"{family.name} takes f32 or f64, where .*\nhint: cd.sort\(x\)\[..., {at}"
    ):
        family(cd.integer(3))
    assert (cd.sort(np.array([3, 1, 2]))[at]) == family(np.array([3.0, 1.0, 2.0]))


def test_sums_of_words():
    A = cd.f64(2) @ cd.c128() @ cd.z2(3)
    assert (cd.plus(A).dom, cd.plus(A).cod) == (A @ A, A)
    assert cd.plus(cd.UNIT) == cd.id(cd.UNIT)
    assert cd.plus(C) == cd.add(C)
    assert cd.pair(cd.id(A), cd.discard(A) >> cd.zero(A)) >> cd.plus(A) != cd.id(A)
    assert cd.simplify(cd.pair(cd.id(A), cd.discard(A) >> cd.zero(A)) >> cd.plus(A)) == cd.id(A)
    with pytest.raises(SignatureError, match="add is not defined on bool"):
        cd.plus(cd.f64() @ cd.bool())
