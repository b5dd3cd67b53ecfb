"""A sighting as the agent writes it: canonical JSON with its camera, number and instant."""

import base64
import json
import secrets
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import rfc8785

from plateward.plates.sighting import Sighting


def composed(sighting: Sighting) -> Callable[[int], bytes]:
    """The letter, once its number is known."""
    content = _content(sighting)

    def numbered(sequence: int) -> bytes:
        return canonical(content | {"sequence": sequence})

    return numbered


def renumbered(body: bytes, sequence: int) -> bytes:
    """The same read under a new number."""
    return canonical(json.loads(body) | {"sequence": sequence})


def canonical(content: dict[str, Any]) -> bytes:
    """RFC 8785: one way to write it, so that who keeps the content can check the signature."""
    return rfc8785.dumps(content)


def written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _content(sighting: Sighting) -> dict[str, Any]:
    vehicle = asdict(sighting.vehicle)
    said = {
        "camera": sighting.device,
        "captured_at": written(sighting.seen_at),
        # The server remembers digests of letters. Without this a plate could be guessed from one.
        "nonce": secrets.token_hex(16),
        "source": sighting.source,
        "event": sighting.event,
        "plate": str(sighting.plate),
        "confidence": sighting.confidence,
        "characters": [
            {
                "text": each.text,
                "confidence": each.confidence,
                "alternatives": [list(one) for one in each.alternatives],
            }
            for each in sighting.characters
        ],
        "box": None if sighting.box is None else list(sighting.box),
        "region": sighting.region,
        "vehicle": vehicle
        | {"features": list(vehicle["features"]), "confidences": dict(vehicle["confidences"])},
        "direction": sighting.direction,
        "speed_kmh": sighting.speed_kmh,
        "photo": _picture(sighting.photo),
        "crop": _picture(sighting.crop),
        "provisional": sighting.provisional,
    }
    return {name: value for name, value in said.items() if value is not None}


def _picture(jpeg: bytes | None) -> str | None:
    return None if jpeg is None else base64.b64encode(jpeg).decode()
