"""Hypothesis profiles, chosen by the environment variable HYPOTHESIS_PROFILE: dev (default), ci, thorough
or mutation.

No profile has a deadline or checks the speed of generation: nothing is timed in a test.
"""

import os

from hypothesis import HealthCheck, Phase, settings

UNTIMED = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}

settings.register_profile("dev", max_examples=25, **UNTIMED)
# The same examples on every machine, so that a red run can be repeated; a database would bring back old ones.
settings.register_profile("ci", max_examples=100, derandomize=True, database=None, print_blob=True, **UNTIMED)
settings.register_profile("thorough", max_examples=2000, print_blob=True, **UNTIMED)
# For tests/mutation: the same examples for every mutant, and one that fails is enough.
settings.register_profile(
    "mutation", derandomize=True, database=None, phases=(Phase.generate,), max_examples=25, **UNTIMED
)

settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))
