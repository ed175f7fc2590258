"""Service, program, page and matcher never disagree about a seat, over random people and shifts.

`make prove` plays many more of them (tests/proofs/reasons.py).
"""

from tests.api.seat_agreement import agree

SCENES = 5


def test_every_door_says_the_same(database_url: str) -> None:
    counted = agree(database_url, SCENES)
    # Each kind of answer was there to be compared.
    assert counted["taken"] > 5
    assert len(counted) >= 5, counted
