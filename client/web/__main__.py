"""The entry point of `python -m client.web` and of `chat-web`: in a process that forgets freed memory."""

import os
import sys

_OVERWRITE = {"PYTHONMALLOC": "malloc", "MALLOC_PERTURB_": "165", "MALLOC_ARENA_MAX": "1"}
_NO_CACHE = "glibc.malloc.tcache_count=0"


def _forget_freed_memory() -> None:
    """Begin anew with settings by which glibc overwrites what is freed: passwords pass through the gateway.

    See mallopt(3), M_PERTURB. With MALLOC_PERTURB_=0 in the environment it stays as it is.
    """
    if "MALLOC_PERTURB_" in os.environ or not os.confstr("CS_GNU_LIBC_VERSION"):
        return
    tunables = ":".join(filter(None, (os.environ.get("GLIBC_TUNABLES"), _NO_CACHE)))
    settings = os.environ | _OVERWRITE | {"GLIBC_TUNABLES": tunables}
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], settings)  # noqa: S606 - itself


def main() -> None:
    """Run the command. If Ctrl-C interrupts the imports, exit without a traceback too."""
    try:
        if sys.platform == "linux":
            _forget_freed_memory()
        from client.web.cli import main as command  # noqa: PLC0415 - it begins anew first

        command()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
