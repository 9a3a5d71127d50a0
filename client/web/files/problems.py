"""Why a file is not taken or given: each has its status over HTTP, and a sentence for the person."""

from __future__ import annotations


class FileProblemError(ValueError):
    """Something about a file is not possible. `code` is for the page."""

    status = 400
    code = ""


class WrongPlaceError(FileProblemError):
    """These bytes are not the next ones of an upload."""

    status = 409


class LateError(FileProblemError):
    """The rest of a part does not come."""

    status = 408

    def __init__(self) -> None:
        super().__init__("the rest of this part did not come; go on where it stopped")


class NoLengthError(FileProblemError):
    """A part does not say how long it is, so it might never end."""

    status = 411

    def __init__(self) -> None:
        super().__init__("a part of a file needs its length; send it again with Content-Length")


class TooLongError(FileProblemError):
    """A part is longer than one may be, or than what is missing of the file."""

    status = 413


class PackedError(FileProblemError):
    """A part is compressed."""

    status = 415

    def __init__(self) -> None:
        super().__init__("send the file's bytes as they are, without compression")


class NoUploadError(FileProblemError):
    """There is no such upload, or not any more: the page begins it again."""

    status = 404
    code = "no-upload"

    def __init__(self) -> None:
        super().__init__("this upload is not here any more; attach the file again")


class NoRoomError(FileProblemError):
    """The spool, the person's share of it or the disk is full."""

    status = 507


class NoFileError(FileProblemError):
    """There is no such file for this person. Whether there is one for others is not said."""

    status = 404

    def __init__(self) -> None:
        super().__init__("there is no such file, or you may not read it")


class GoneError(FileProblemError):
    """The file is gone for everybody."""

    status = 410


class NotSatisfiableError(FileProblemError):
    """The bytes that are asked for are behind the end of the file."""

    status = 416

    def __init__(self, size: int) -> None:
        super().__init__(f"this file has {size:,} bytes")
        self.size = size


class BusyError(FileProblemError):
    """Too much is on its way; it works again in a moment."""

    status = 429


class LaterError(FileProblemError):
    """The broker cannot be asked now."""

    status = 503

    def __init__(self) -> None:
        super().__init__("the chat cannot be reached now; try again in a moment")
