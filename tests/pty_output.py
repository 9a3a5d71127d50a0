"""What was written to a pseudo-terminal."""

import errno
import os


def written_to(far: int) -> bytes:
    """Return all that was written to the near end, which must be closed. The far end is closed, too.

    One read may return a part only: the system hands over the rest a moment later.
    """
    written = b""
    try:
        while data := os.read(far, 65_536):
            written += data
    except OSError as error:
        if error.errno != errno.EIO:  # Linux's way of saying that all has been read
            raise
    finally:
        os.close(far)
    return written
