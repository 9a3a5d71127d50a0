import pytest
from wired import Chat


@pytest.fixture
def chat() -> Chat:
    """A chat with the default settings and no users."""
    return Chat()
