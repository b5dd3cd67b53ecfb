"""Run as a program: an import that says so and waits for ever before its third picture."""

import os
import sys
import time

from plateward import settings
from tests.cli import cards


class Waits(cards.ByColour):
    def read(self, image):  # type: ignore[no-untyped-def]
        if self.pictures == 2:
            print("waits", flush=True)  # noqa: T201 -- heard by the test
            time.sleep(600)
        return super().read(image)


def main() -> None:
    settings.DATABASES["default"]["NAME"] = os.environ["PLATEWARD_TEST_NAME"]
    from plateward.capture.file_sightings import Readers
    from plateward.cli import file_store, import_

    file_store.readers = lambda provider: Readers(Waits())
    import_.command([sys.argv[1], "--camera", "car-avalon", "--label", "Card 7", "--by", "eve"])


if __name__ == "__main__":
    main()
