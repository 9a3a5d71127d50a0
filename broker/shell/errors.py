"""Why a verb cannot do its work."""


class NoBrokerError(Exception):
    """No broker answers. The text is a sentence that says what to do."""


class RefusedError(Exception):
    """The broker refuses a request, or there is nothing of that name. The text is a sentence."""
