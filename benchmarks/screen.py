"""All figures of the full screen, one after the other, with those that are wanted.

Run it with `python -m benchmarks.screen`. It takes two minutes.
"""

from __future__ import annotations

from benchmarks import screen_burst, screen_log, screen_places, screen_start


def main() -> None:
    """Measure, and print the figures."""
    for one in (screen_start.main, lambda: screen_burst.main([]), screen_log.main, screen_places.main):
        one()
        print()


if __name__ == "__main__":
    main()
