"""What only PyTorch has: modules, threads. Skipped where there is no PyTorch."""

import pytest

import catdiff as cd

torch = pytest.importorskip("torch", reason="PyTorch is not installed")


def test_functions_of_several_inputs():
    rule = cd.interop.torch.rule(torch.nn.functional.linear, cd.f64(2, 3) @ cd.f64(4, 3) @ cd.f64(4))
    assert cd.laws.check_rule(*rule).verdict == "reverse derivative"


def test_what_is_set_elsewhere_stays():
    before = torch.get_num_threads()
    rule = cd.interop.torch.rule(lambda x: x * torch.get_num_threads(), cd.f64())
    assert rule.forward(1.0) == 1.0 and torch.get_num_threads() == before
