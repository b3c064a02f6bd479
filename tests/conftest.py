"""One thread for each test process.

The matrices of the tests are small, and several processes that each spin as many threads
as there are cores take three times as long as one thread each. Set here, before torch is
imported, because its threads are made when it is loaded.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")
