"""Reads lie by city and end, their plates sealed; what was stored before is moved and sealed too."""

import logging
import re
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_BATCH = 1000
_logger = logging.getLogger(__name__)

_TABLES = """
CREATE SEQUENCE reads_read_number;
CREATE TABLE reads_read (
    id bigint NOT NULL,
    shard smallint NOT NULL,
    city varchar(64) COLLATE "C" NOT NULL,
    camera_id bigint NOT NULL,
    plate_key bigint NOT NULL,
    seen_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    speed_kmh double precision,
    latitude double precision,
    longitude double precision,
    provisional boolean NOT NULL,
    source varchar(40) NOT NULL,
    region varchar(8) NOT NULL,
    make varchar(40) NOT NULL,
    model varchar(40) NOT NULL,
    color varchar(40) NOT NULL,
    body_type varchar(40) NOT NULL,
    direction varchar(20) NOT NULL,
    features jsonb,
    vehicle_confidences jsonb,
    candidates bigint[],
    sealed bytea NOT NULL,
    CONSTRAINT read_expires_after_it_was_seen CHECK (expires_at > seen_at)
) PARTITION BY RANGE (city, expires_at);
ALTER TABLE reads_read ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE INDEX reads_by_number ON reads_read (id);
CREATE INDEX reads_of_a_plate ON reads_read (plate_key, seen_at);
CREATE INDEX reads_of_a_camera ON reads_read (camera_id, seen_at);
CREATE INDEX reads_by_expiry ON reads_read (expires_at);
CREATE INDEX reads_by_candidate ON reads_read USING gin (candidates)
    WHERE candidates IS NOT NULL;
CREATE SEQUENCE reads_picture_number;
CREATE TABLE reads_picture (
    id bigint NOT NULL DEFAULT nextval('reads_picture_number'),
    read_id bigint NOT NULL,
    expires_at timestamptz NOT NULL,
    shard smallint NOT NULL,
    city varchar(64) COLLATE "C" NOT NULL,
    kind varchar(8) NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT picture_kind_is_known CHECK (kind IN ('photo', 'crop'))
) PARTITION BY RANGE (city, expires_at);
ALTER TABLE reads_picture ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE INDEX pictures_of_a_read ON reads_picture (read_id);
CREATE INDEX pictures_by_expiry ON reads_picture (expires_at);
CREATE INDEX names_until ON reads_name USING brin (until);
"""
_AWAY = """
ALTER TABLE reads_picture RENAME TO reads_picture_before;
ALTER TABLE reads_read RENAME TO reads_read_before;
ALTER INDEX reads_of_a_plate RENAME TO reads_of_a_plate_before;
ALTER INDEX reads_of_a_camera RENAME TO reads_of_a_camera_before;
ALTER INDEX reads_by_expiry RENAME TO reads_by_expiry_before;
"""
_COUNTS = """
INSERT INTO reads_daycount (city, camera_id, day, reads)
SELECT city, camera_id, (seen_at AT TIME ZONE 'UTC')::date, count(*)
FROM reads_read_before GROUP BY 1, 2, 3
"""
# What is gone has no camera any more: it is counted under 0, which no camera has.
_COUNTS_OF_GONE = """
INSERT INTO reads_daycount (city, camera_id, day, reads)
SELECT city, 0, seen_on, sum(reads) FROM reads_gonecount GROUP BY 1, 3
"""
_BEFORE = """
SELECT id, city, camera_id, source, event, plate, confidence, characters, region, seen_at,
    received_at, expires_at, box, make, model, color, body_type, features, vehicle_confidences,
    direction, speed_kmh, latitude, longitude, provisional
FROM reads_read_before WHERE id > %s ORDER BY id LIMIT %s
"""


def _move(apps: Any, schema_editor: Any) -> None:
    """Read by read, in batches: the old tables hold plates in clear and go afterwards."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        cursor.execute(_COUNTS_OF_GONE)
        cursor.execute("SELECT coalesce(max(id), 0) FROM reads_read_before")
        [(last,)] = cursor.fetchall()
        if last:
            # New ids begin with a day and cannot meet the old ones; their tails need not either.
            cursor.execute("SELECT setval('reads_read_number', %s)", [last])
        for rows in _batches(cursor):
            _sealed(cursor, rows)


def _batches(cursor: Any) -> Iterator[list[dict[str, Any]]]:
    last = 0
    while True:
        cursor.execute(_BEFORE, [last, _BATCH])
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        if not rows:
            return
        last = rows[-1]["id"]
        yield rows


def _sealed(cursor: Any, rows: list[dict[str, Any]]) -> None:
    import json

    from plateward.plates.sighting import Character
    from plateward.reads import keyring, sealing

    known: dict[tuple[str, int], dict[str, Any]] = {}
    for row in rows:
        city, ends = row["city"], row["expires_at"]
        _shelf(cursor, city, ends, ends - row["received_at"])
        key = keyring.key(city, ends)
        held = row["characters"]
        characters = json.loads(held) if isinstance(held, str) else held
        box = json.loads(row["box"]) if isinstance(row["box"], str) else row["box"]
        content = sealing.Content(
            row["plate"],
            row["confidence"],
            tuple(Character(t, c, tuple((o, p) for o, p in others)) for t, c, others in characters),
            tuple(box) if box else None,
        )
        plate_key = sealing.plate_key(city, row["plate"])
        sealed = sealing.seal(
            sealing.packed(content), key, bound=f"plateward read 1|{city}|{row['id']}"
        )
        shard = (zlib.crc32(city.encode()) & 0xFF) * 128 + row["camera_id"] % 128
        cursor.execute(
            "INSERT INTO reads_read (id, shard, city, camera_id, plate_key, seen_at, received_at,"
            " expires_at, speed_kmh, latitude, longitude, provisional, source, region, make, model,"
            " color, body_type, direction, features, vehicle_confidences, sealed) VALUES"
            " (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s,"
            " nullif(%s::jsonb, '[]'), nullif(%s::jsonb, '{}'), %s)",
            [
                *(row["id"], shard, city, row["camera_id"], plate_key, row["seen_at"]),
                *(row["received_at"], ends, row["speed_kmh"], row["latitude"], row["longitude"]),
                *(row["provisional"], row["source"], row["region"], row["make"], row["model"]),
                *(row["color"], row["body_type"], row["direction"]),
                *(_text(row["features"]), _text(row["vehicle_confidences"]), sealed),
            ],
        )
        cursor.execute(
            "INSERT INTO reads_name (name, read, until) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [
                sealing.name_key(row["camera_id"], row["source"], row["event"]),
                row["id"],
                (min(row["received_at"] + timedelta(days=7), ends)).astimezone(UTC).date(),
            ],
        )
        there = known.setdefault(
            (city, plate_key),
            {"plate": row["plate"], "first": row["seen_at"], "last": row["seen_at"], "until": ends},
        )
        there["first"] = min(there["first"], row["seen_at"])
        there["last"] = max(there["last"], row["seen_at"])
        there["until"] = max(there["until"], ends)
    for (city, plate_key), each in known.items():
        until = keyring.last_of(each["until"])
        text = sealing.seal(
            each["plate"].encode(),
            keyring.key(city, until),
            bound=f"plateward plate 1|{city}|{plate_key}",
        )
        cursor.execute(
            "INSERT INTO reads_known (city, plate_key, sealed, first_seen, last_seen, until)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (city, plate_key) DO UPDATE SET"
            " sealed = CASE WHEN excluded.until > reads_known.until THEN excluded.sealed"
            " ELSE reads_known.sealed END,"
            " first_seen = least(reads_known.first_seen, excluded.first_seen),"
            " last_seen = greatest(reads_known.last_seen, excluded.last_seen),"
            " until = greatest(reads_known.until, excluded.until)",
            [city, plate_key, text, each["first"], each["last"], until],
        )
    _pictures(cursor, [row["id"] for row in rows])


def _pictures(cursor: Any, reads: list[int]) -> None:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.keywrap import aes_key_unwrap

    from plateward.reads import keyring, sealing

    cursor.execute(
        "SELECT p.read_id, p.kind, p.sealed, k.wrapped, r.city, r.camera_id, r.expires_at"
        " FROM reads_picture_before p JOIN reads_read_before r ON r.id = p.read_id"
        " LEFT JOIN reads_daykey k ON k.city = r.city AND k.day = p.key_day"
        " WHERE p.read_id = ANY(%s)",
        [reads],
    )
    for read, kind, sealed, wrapped, city, camera, ends in cursor.fetchall():
        bound = f"plateward picture 1|{city}|{read}|{kind}"
        try:
            day_key = aes_key_unwrap(_wrapping_key(), bytes(wrapped or b""))
            jpeg = AESGCM(day_key).decrypt(sealed[:12], bytes(sealed[12:]), bound.encode())
        except (InvalidTag, ValueError) as lost:
            _logger.error("The %s of read %s did not open and is left out: %r", kind, read, lost)
            continue
        again = sealing.seal(jpeg, keyring.key(city, ends), bound=bound)
        shard = (zlib.crc32(city.encode()) & 0xFF) * 128 + camera % 128
        cursor.execute(
            "INSERT INTO reads_picture (read_id, expires_at, shard, city, kind, sealed)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            [read, ends, shard, city, kind, again],
        )


def _shelf(cursor: Any, city: str, ends: datetime, kept_for: timedelta) -> None:
    cursor.execute(
        "SELECT 1 FROM reads_shelf WHERE city = %s AND begins_at <= %s AND ends_at > %s",
        [city, ends, ends],
    )
    if cursor.fetchone():
        return
    day = ends.astimezone(UTC).date()
    first, after = day, day + timedelta(days=1)
    if kept_for >= timedelta(days=300):
        first = day.replace(day=1)
        after = (first + timedelta(days=32)).replace(day=1)
    begins, until = (datetime.combine(each, time(), UTC) for each in (first, after))
    cursor.execute(
        "SELECT max(ends_at) FILTER (WHERE ends_at <= %s), min(begins_at) FILTER"
        " (WHERE begins_at > %s) FROM reads_shelf WHERE city = %s",
        [ends, ends, city],
    )
    [(before, following)] = cursor.fetchall()
    begins, until = max(begins, before or begins), min(until, following or until)
    plain = re.sub(r"[^a-z0-9]", "_", city.lower())[:20]
    span = "" if until - begins <= timedelta(days=1) else "m"
    name = f"{plain}_{zlib.crc32(city.encode()):08x}_{span}{begins:%Y%m%d}"
    cursor.execute(
        "INSERT INTO reads_shelf (city, begins_at, ends_at, name) VALUES (%s, %s, %s, %s)",
        [city, begins, until, name],
    )
    for table in ("read", "picture"):
        cursor.execute(f"CREATE TABLE {table}_{name} (LIKE reads_{table} INCLUDING ALL)")
        cursor.execute(
            f"ALTER TABLE reads_{table} ATTACH PARTITION {table}_{name}"
            f" FOR VALUES FROM ('{city}', '{begins.isoformat()}')"
            f" TO ('{city}', '{until.isoformat()}')"
        )


def _text(held: Any) -> str:
    import json

    return held if isinstance(held, str) else json.dumps(held)


def _wrapping_key() -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    hkdf = HKDF(SHA256(), 32, salt=None, info=b"plateward day keys 1")
    return hkdf.derive(settings.PICTURE_KEY.encode())


def _camera() -> "models.Field[Any, Any]":
    return models.ForeignKey(
        db_constraint=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="cameras.camera",
    )


_READ_FIELDS: list[tuple[str, "models.Field[Any, Any]"]] = [
    ("id", models.BigIntegerField(primary_key=True, serialize=False)),
    ("shard", models.SmallIntegerField()),
    ("city", models.CharField(max_length=64)),
    ("source", models.CharField(max_length=40)),
    ("plate_key", models.BigIntegerField()),
    (
        "candidates",
        django.contrib.postgres.fields.ArrayField(
            base_field=models.BigIntegerField(), null=True, size=None
        ),
    ),
    ("sealed", models.BinaryField()),
    ("region", models.CharField(blank=True, max_length=8)),
    ("seen_at", models.DateTimeField()),
    ("received_at", models.DateTimeField()),
    ("expires_at", models.DateTimeField()),
    ("make", models.CharField(blank=True, max_length=40)),
    ("model", models.CharField(blank=True, max_length=40)),
    ("color", models.CharField(blank=True, max_length=40)),
    ("body_type", models.CharField(blank=True, max_length=40)),
    ("features", models.JSONField(null=True)),
    ("vehicle_confidences", models.JSONField(null=True)),
    ("direction", models.CharField(blank=True, max_length=20)),
    ("speed_kmh", models.FloatField(null=True)),
    ("latitude", models.FloatField(null=True)),
    ("longitude", models.FloatField(null=True)),
    ("provisional", models.BooleanField(default=False)),
    ("camera", _camera()),
]
_PICTURE_FIELDS: list[tuple[str, "models.Field[Any, Any]"]] = [
    (
        "id",
        models.BigAutoField(
            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
        ),
    ),
    ("shard", models.SmallIntegerField()),
    ("city", models.CharField(max_length=64)),
    ("expires_at", models.DateTimeField()),
    ("kind", models.CharField(max_length=8)),
    ("sealed", models.BinaryField()),
    (
        "read",
        models.ForeignKey(
            db_constraint=False,
            db_index=False,
            on_delete=django.db.models.deletion.DO_NOTHING,
            related_name="+",
            to="reads.read",
        ),
    ),
]


class Migration(migrations.Migration):
    dependencies = [
        ("reads", "0004_saved_queries"),
        ("cameras", "0001_initial"),
        ("hotlists", "0006_hits_end_by_themselves"),
    ]
    operations = [
        migrations.CreateModel(
            name="Shelf",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("city", models.CharField(max_length=64)),
                ("begins_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("name", models.CharField(max_length=48, unique=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["city", "begins_at"], name="a_shelf_begins_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("begins_at"))),
                        name="a_shelf_has_room",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Name",
            fields=[
                ("name", models.BigIntegerField(primary_key=True, serialize=False)),
                ("read", models.BigIntegerField()),
                ("until", models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name="Known",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("city", models.CharField(max_length=64)),
                ("plate_key", models.BigIntegerField()),
                ("sealed", models.BinaryField()),
                ("first_seen", models.DateTimeField()),
                ("last_seen", models.DateTimeField()),
                ("until", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["city", "plate_key"], name="a_plate_is_known_once"
                    ),
                ],
                "indexes": [models.Index(fields=["until"], name="known_until")],
            },
        ),
        migrations.CreateModel(
            name="DayCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("city", models.CharField(max_length=64)),
                ("day", models.DateField()),
                ("reads", models.PositiveIntegerField()),
                ("camera", _camera()),
            ],
            options={"indexes": [models.Index(fields=["city", "day"], name="counts_of_a_day")]},
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(_AWAY),
                migrations.RunSQL(_TABLES),
                migrations.RunPython(_move),
                migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE"),
                migrations.RunSQL("DROP TABLE reads_picture_before, reads_read_before"),
            ],
            state_operations=[
                migrations.DeleteModel("Picture"),
                migrations.DeleteModel("Read"),
                migrations.CreateModel(
                    name="Read",
                    fields=_READ_FIELDS,
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("expires_at__gt", models.F("seen_at"))),
                                name="read_expires_after_it_was_seen",
                            ),
                        ],
                        "indexes": [
                            models.Index(fields=["id"], name="reads_by_number"),
                            models.Index(fields=["plate_key", "seen_at"], name="reads_of_a_plate"),
                            models.Index(fields=["camera", "seen_at"], name="reads_of_a_camera"),
                            models.Index(fields=["expires_at"], name="reads_by_expiry"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Picture",
                    fields=_PICTURE_FIELDS,
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["photo", "crop"])),
                                name="picture_kind_is_known",
                            ),
                        ],
                        "indexes": [
                            models.Index(fields=["read"], name="pictures_of_a_read"),
                            models.Index(fields=["expires_at"], name="pictures_by_expiry"),
                        ],
                    },
                ),
            ],
        ),
        migrations.DeleteModel("DayKey"),
    ]
