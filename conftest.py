"""Settings that every test run shares, nbval's kernels too: they inherit this environment."""

import os

# A progress bar is for a person; stored outputs hold none.
os.environ.setdefault("TQDM_DISABLE", "1")

# Two workers with two threads each on two cores crawl: one thread a process.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
