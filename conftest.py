"""Settings that every test run shares, nbval's kernels too: they inherit this environment."""

import os
from collections import Counter
from pathlib import Path

# A progress bar is for a person; stored outputs hold none.
os.environ.setdefault("TQDM_DISABLE", "1")

# Two workers with two threads each on two cores crawl: one thread a process.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# Linux's C library gives the memory of a training step back to the system, and fetches it again for the next
# step, page by page. That takes up to a seventh of the step. Let it keep what it has, in large pages.
os.environ.setdefault(
    "GLIBC_TUNABLES",
    f"glibc.malloc.mmap_threshold={2**25}:glibc.malloc.trim_threshold={2**32}:glibc.malloc.hugetlb=1",
)


def pytest_configure(config):
    """Take measured numbers out of nbval's comparison, from whichever folder pytest is started.

    They are written "≈ x", "x ± y" or as an effect (utils.results); everything else must match to the letter.
    """
    if hasattr(config.option, "nbval_sanitize_with"):
        rules = Path(__file__).parent / "tests/nbval-sanitize.cfg"
        config.option.nbval_sanitize_with = config.option.nbval_sanitize_with or str(rules)


def pytest_terminal_summary(terminalreporter):
    """Where the time went, by file."""
    seconds = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if hasattr(report, "duration"):
                seconds[report.nodeid.partition("::")[0]] += report.duration
    if seconds.total() > 60:
        terminalreporter.section("seconds by file")
        for name, taken in seconds.most_common():
            terminalreporter.write_line(f"{taken:7.1f}  {name}")
