"""
Writes users as lines of JSON with Python's Faker, the usual way, and prints the seconds that it took.

    faker_rows.py ROWS PATH [--no-weights]

Without weights every name is as likely as any other, and Faker is several times faster.
"""

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from faker import Faker

rows, path = int(sys.argv[1]), Path(sys.argv[2])
Faker.seed(42)
fake = Faker(use_weighting="--no-weights" not in sys.argv)
first, last = datetime(2021, 1, 1, tzinfo=UTC), datetime(2025, 12, 31, tzinfo=UTC)

began = time.perf_counter()
with path.open("w", encoding="utf-8") as file:
    for number in range(1, rows + 1):
        name = fake.name()
        user = {
            "id": number,
            "name": name,
            "age": fake.random_int(18, 90),
            "email": f"{name.lower().replace(' ', '.')}{number}@example.com",
            "salary": fake.random_int(2_400_000, 25_000_000) / 100,
            "city": fake.city(),
            "created_at": fake.date_time_between(first, last, UTC).isoformat(timespec="milliseconds"),
        }
        file.write(json.dumps(user, ensure_ascii=False) + "\n")
print(time.perf_counter() - began)
