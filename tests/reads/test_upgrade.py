"""Reads of an earlier version, with their plates in clear, survive, sealed."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SCRIPT = """
import json
from datetime import timedelta
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

for app, name in (("hotlists", "0005"), ("reads", "0003")):
    call_command("migrate", app, name, verbosity=0)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from django.conf import settings

now = timezone.now()
ends = {1: now + timedelta(days=3), 2: now + timedelta(days=700)}
key, nonce = bytes(range(32)), bytes(12)
house = HKDF(SHA256(), 32, salt=None, info=b"plateward day keys 1").derive(
    settings.PICTURE_KEY.encode()
)
jpeg = AESGCM(key).encrypt(nonce, b"a picture", b"plateward picture 1|willard-mo|1|crop")
with connection.cursor() as cursor:
    cursor.execute(
        "INSERT INTO cameras_camera (id, code, city, title, place, place_type, latitude, longitude,"
        " approved_by, approved_on, credential) VALUES"
        " (7, 'c', 'willard-mo', 't', 'p', 'x', 1, 1, 'a', '2026-01-01', '')"
    )
    for read, end in ends.items():
        cursor.execute(
            "INSERT INTO reads_read (id, city, camera_id, source, event, plate, plate_folded,"
            " confidence, characters, region, seen_at, received_at, expires_at, box, make, model,"
            " color, body_type, features, vehicle_confidences, direction, provisional) VALUES"
            " (%s, 'willard-mo', 7, 's', %s, 'OLD4821', '01D4821', 0.93, %s, 'US-MO', %s, %s, %s,"
            " '[1, 2, 30, 4]', '', '', 'red', '', '[]', '{}', 'north', %s)",
            [read, f"e-{read}", json.dumps([["O", 0.5, [["0", 0.4]]]]), now - timedelta(days=2),
             now - timedelta(days=2), end, read == 2],
        )
    cursor.execute(
        "INSERT INTO reads_daykey (city, day, wrapped) VALUES ('willard-mo', %s, %s)",
        [ends[1].date(), aes_key_wrap(house, key)],
    )
    cursor.execute(
        "INSERT INTO reads_picture (read_id, kind, key_day, sealed) VALUES (1, 'crop', %s, %s)",
        [ends[1].date(), nonce + jpeg],
    )
    cursor.execute(
        "INSERT INTO reads_gonecount (city, seen_on, reads) VALUES ('willard-mo', %s, 5)",
        [now.date()],
    )
call_command("migrate", verbosity=0)

from plateward.reads import counts, losses, pictures
from plateward.reads.models import Ending, Known, Name, Read, Shelf
from plateward.reads.sealing import name_key

one, two = Read.objects.order_by("pk")
with connection.cursor() as cursor:
    cursor.execute("SELECT nextval('reads_read_number')")
    [(following,)] = cursor.fetchall()
print(json.dumps({
    "plates": [one.plate, two.plate],
    "box": one.box,
    "confidence": one.confidence,
    "characters": [[c.text, c.confidence, c.alternatives] for c in one.as_read()],
    "features": one.features,
    "provisional": [one.provisional, two.provisional],
    "crop": {str(k): v.decode() for k, v in pictures.take("crop", rows=[one, two]).items()},
    "known": Known.objects.count(),
    "named": Name.objects.get(name=name_key(7, "s", "e-2")).read,
    "spans": [
        (each.ends_at - each.begins_at).days > 1 for each in Shelf.objects.order_by("ends_at")
    ],
    "endings": {(each.seen_at.date(), each.expires_at.date()) for each in (one, two)}
    == set(Ending.objects.filter(city="willard-mo").values_list("seen_on", "ends_on")),
    "marks": [each.marks for each in Known.objects.all()],
    "of shelves": [each.mark for each in Shelf.objects.order_by("ends_at")],
    "counted": sum(counts.by_day("willard-mo", since=now - timedelta(days=9)).values()),
    "lost": losses.of("willard-mo", now=now).any,
    "following": following,
}))
"""


def test_what_was_stored_before_is_moved_and_sealed(tmp_path: Path) -> None:
    address = os.environ["DATABASE_URL"]
    with psycopg.connect(address, autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS upgraded WITH (FORCE)")
        server.execute("CREATE DATABASE upgraded")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env=os.environ
        | {
            "DATABASE_URL": urlsplit(address)._replace(path="/upgraded").geturl(),
            "PLATEWARD_HOME": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "plates": ["OLD4821", "OLD4821"],
        "box": [1, 2, 30, 4],
        "confidence": 0.93,
        "characters": [["O", 0.5, [["0", 0.4]]]],
        "features": None,
        "provisional": [False, True],
        "crop": {"1": "a picture"},
        "known": 1,
        "named": 2,
        "spans": [False, True],
        "endings": True,
        "marks": [1 << 1 | 1 << 2],
        "of shelves": [1, 2],
        "counted": 7,
        "lost": False,
        "following": 3,
    }
