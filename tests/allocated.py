"""How much memory this process has from the C library's malloc, as mallinfo(3) says."""

import ctypes

_NAMES = (
    "arena",
    "ordblks",
    "smblks",
    "hblks",
    "hblkhd",
    "usmblks",
    "fsmblks",
    "uordblks",
    "fordblks",
    "keep",
)


class _Info(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_size_t) for name in _NAMES)


_mallinfo = ctypes.CDLL(None).mallinfo2
_mallinfo.restype = _Info


def allocated() -> int:
    """Return the bytes in use; with ZeroMQ's, without Python's small objects."""
    info = _mallinfo()
    return int(info.uordblks + info.hblkhd)
