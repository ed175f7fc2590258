"""Too many people at once through real web processes, one of which is killed: a small version of
`tests.proofs.bursts`."""

import asyncio

from tests.support.burst import Answers, build_town, claim_all, doors, look

PEOPLE, SHIFTS, SEATS = 16, 3, 2


def test_no_seat_is_given_twice_and_no_answer_is_lost_though_a_process_is_killed(
    database_url: str,
) -> None:
    town = asyncio.run(build_town(database_url, people=PEOPLE, shifts=SHIFTS, seats=SEATS))
    jobs = [(token, shift_id) for shift_id in town.shift_ids for token in town.tokens]
    with doors(database_url, 2) as door:

        def on_done(done: int) -> None:
            if done == len(jobs) // 3:
                door.kill(1)

        answers: Answers = asyncio.run(
            claim_all(door.addresses, jobs, clients=PEOPLE, seed=1, on_done=on_done)
        )
    stored = asyncio.run(look(database_url, town, answers))
    assert answers.wrong == []
    assert answers.counted == {"confirmed": SHIFTS * SEATS, "full": SHIFTS * (PEOPLE - SEATS)}
    assert (stored.held, stored.overfilled, stored.short) == (SHIFTS * SEATS, 0, 0)
    assert (stored.missing, stored.unknown) == (0, 0)
