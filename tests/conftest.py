"""One thread for each test process, and no law that is timed.

The matrices of the tests are small, and several processes that each spin as many threads
as there are cores take three times as long as one thread each. Set here, before torch is
imported, because its threads are made when it is loaded.

A law holds however busy the machine is: an example may take as long as it needs.
"""

import os

from hypothesis import HealthCheck, settings

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("untimed")
