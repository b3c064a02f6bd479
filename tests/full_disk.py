"""A disk that is full, as the operating system tells of it."""

import contextlib
import resource


@contextlib.contextmanager
def full_disk(largest):
    """Within, no file grows beyond ``largest`` bytes: writing more raises OSError."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
