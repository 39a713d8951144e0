"""A child process that reads what a stranger sent, under limits of memory and processor time.

What it cannot bear kills the child and nothing else (threat X5). It is handed the bytes on standard input and answers
on standard output; it knows no address of a database and no key.
"""

import os
import resource
import subprocess
import sys
from pathlib import Path

import ytterby

# How a child ends that had too little memory; it stands here so that no parent loads the child's parsers.
OUT_OF_MEMORY = 17


def run_child(module: str, said: bytes, *, wall_seconds: float) -> "subprocess.CompletedProcess[bytes]":
    """Run a module of this package as a child and return how it ended, with what it answered.

    Raises: `subprocess.TimeoutExpired` when it takes longer than `wall_seconds`.
    """
    return subprocess.run(
        [sys.executable, "-m", module],
        input=said,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=wall_seconds,
        env=child_environment(),
        check=False,
    )


def child_environment() -> dict[str, str]:
    """Return what the child may know: where its code lies, no address of a database, no key; one thread."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "HOME") if name in os.environ}
    roots = [str(Path(next(iter(ytterby.__path__))).parent), os.environ.get("PYTHONPATH", "")]
    return kept | {
        "PYTHONPATH": os.pathsep.join(filter(None, roots)),
        "PYTHONHASHSEED": "0",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONUTF8": "1",
    }


def limit_process(*, memory_bytes: int, cpu_seconds: int) -> None:
    """Let this process have no more memory and processor time than this, beyond the memory that it has already."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
