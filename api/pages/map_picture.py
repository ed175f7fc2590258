"""A map without tiles: shifts as they lie to each other, near ones drawn together.

North is up; a degree of longitude is as long as it is at the middle of the picture, which is true
enough for a city. Nothing here comes from anywhere else.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from services.finding import Box, Pin
from services.types import Location

SIDE: Final = 400
"""The picture is a square of so many units; on a phone a unit is a little less than a pixel."""
EDGE: Final = 34
APART: Final = 52
"""Two things to tap are so far apart at least, so that a finger hits one of them."""
METRES_PER_DEGREE: Final = 111_195
LEAST_M: Final = 600
RINGS_M: Final = (500, 1000, 2000, 5000, 10_000, 20_000, 50_000)
BAR_SHARE: Final = 0.3
LARGER_MOST: Final = 1.6
"""So much larger a picture may be than its shifts need, to show where the person is."""
LABEL_LENGTH_MAX: Final = 9
LABEL_HEIGHT: Final = 18
LABEL_UNIT: Final = 15
"""About as wide as a Chinese character of a label, which is 12 pixels on a phone."""
ORIGIN_RADIUS: Final = 13
RING_WORDS_HALF: Final = 28
ORIGIN_LABEL_HALF: Final = 34
"""Half of the words at where the person is, in either language."""


Spot = tuple[float, float]
"""Where on the picture, to the right and down."""


@dataclass(slots=True)
class Cluster:
    """Shifts at one place of the picture."""

    x: float
    y: float
    pins: list[Pin] = field(default_factory=list)

    @property
    def urgent(self) -> bool:
        return any(pin.urgent for pin in self.pins)

    @property
    def radius(self) -> float:
        """Grows with the number, slowly."""
        return 15.0 + min(9.0, 2.2 * math.log2(len(self.pins)))


@dataclass(frozen=True, slots=True)
class Label:
    """The name of a place, below what lies there or above it."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Ring:
    """How far it is: a circle around where the person is, with its words where they have room."""

    radius: float
    metres: int
    is_named: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that the template draws. `box` is the piece with the shifts in it: what addresses
    are made of; the picture may be a little larger, to show where the person is."""

    box: Box
    clusters: list[Cluster]
    labels: list[Label]
    origin: Spot | None
    origin_label: Spot | None
    rings: list[Ring]
    bar_length: float
    bar_metres: int
    lines: list[float]

    @property
    def box_text(self) -> str:
        return box_text(self.box)


def draw(pins: Sequence[Pin], box: Box | None, origin: Location | None) -> Picture | None:
    """The picture of these shifts; None where none of them has a place and no piece is asked for.

    Without a box it is the smallest square piece with all of them, and with the person where they
    are not far from it.
    """
    if box is None and not pins:
        return None
    piece = box or around([pin.location for pin in pins])
    frame = _Frame(_square(piece))
    if box is None and origin is not None:
        both = _square(around([(piece.west, piece.south), (piece.east, piece.north), origin]))
        if both.north - both.south <= LARGER_MOST * (frame.box.north - frame.box.south):
            frame = _Frame(both)
    clusters = _clustered(pins, frame)
    at = frame.at(origin) if origin is not None else None
    is_inside = at is not None and 0 <= at[0] <= SIDE and 0 <= at[1] <= SIDE
    step = _round_length(frame.metres_of(SIDE) * BAR_SHARE)
    grid = step / frame.unit_m
    person = at if is_inside else None
    own = _origin_label(person, clusters) if person else None
    labels = _labels(clusters, person, own)
    return Picture(
        box=_square(piece),
        clusters=clusters,
        labels=labels,
        origin=person,
        origin_label=own,
        rings=_rings(person, frame, clusters, labels) if person else [],
        bar_length=grid,
        bar_metres=step,
        lines=[number * grid for number in range(1, int(SIDE / grid) + 1)],
    )


def around(places: Sequence[Location]) -> Box:
    """The smallest piece with all of these."""
    return Box(
        west=min(place[0] for place in places),
        south=min(place[1] for place in places),
        east=max(place[0] for place in places),
        north=max(place[1] for place in places),
    )


def zoomed(box: Box, factor: float) -> Box:
    """The same middle; a factor below one is nearer."""
    east, north = (box.east - box.west) * factor / 2, (box.north - box.south) * factor / 2
    middle, height = (box.east + box.west) / 2, (box.north + box.south) / 2
    return Box(
        west=max(-180.0, middle - east),
        south=max(-90.0, height - north),
        east=min(180.0, middle + east),
        north=min(90.0, height + north),
    )


def box_text(box: Box) -> str:
    """As it stands in an address: to ten metres, which says nothing of anybody."""
    return ",".join(f"{each:.4f}" for each in (box.west, box.south, box.east, box.north))


class _Frame:
    """From degrees to the units of the picture."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.unit_m = (box.north - box.south) * METRES_PER_DEGREE / SIDE
        self._shrink = math.cos(math.radians((box.north + box.south) / 2))

    def at(self, place: Location) -> Spot:
        east = (place[0] - self.box.west) * self._shrink * METRES_PER_DEGREE / self.unit_m
        south = (self.box.north - place[1]) * METRES_PER_DEGREE / self.unit_m
        return round(east, 1), round(south, 1)

    def metres_of(self, units: float) -> float:
        return units * self.unit_m


def _square(box: Box) -> Box:
    """A square piece of the ground with the box in it, and an edge around."""
    height = (box.north + box.south) / 2
    shrink = max(0.01, math.cos(math.radians(height)))
    tall, wide = box.north - box.south, (box.east - box.west) * shrink
    side = max(tall, wide, LEAST_M / METRES_PER_DEGREE) * SIDE / (SIDE - 2 * EDGE)
    middle = (box.east + box.west) / 2
    return Box(
        west=max(-180.0, middle - side / shrink / 2),
        south=max(-90.0, height - side / 2),
        east=min(180.0, middle + side / shrink / 2),
        north=min(90.0, height + side / 2),
    )


def _clustered(pins: Sequence[Pin], frame: _Frame) -> list[Cluster]:
    """Each shift joins the first cluster that it would touch; the earliest shifts lead."""
    clusters: list[Cluster] = []
    for pin in pins:
        x, y = frame.at(pin.location)
        if not (0 <= x <= SIDE and 0 <= y <= SIDE):
            continue
        near = next((each for each in clusters if math.hypot(each.x - x, each.y - y) < APART), None)
        if near is None:
            near = Cluster(x, y)
            clusters.append(near)
        near.pins.append(pin)
    return clusters


def _rings(
    origin: Spot, frame: _Frame, clusters: Sequence[Cluster], labels: Sequence[Label]
) -> list[Ring]:
    """Circles neither tiny nor all outside; the names of places come before their words."""
    rings = []
    for metres in RINGS_M:
        radius = metres / frame.unit_m
        if 40 <= radius <= SIDE * 0.72:
            at = (origin[0], origin[1] - radius - 4)
            is_named = not any(_covers(at, RING_WORDS_HALF, each) for each in clusters) and all(
                abs(each.y - at[1]) >= LABEL_HEIGHT
                or abs(each.x - at[0]) >= RING_WORDS_HALF + len(each.text) * LABEL_UNIT / 2
                for each in labels
            )
            rings.append(Ring(radius, metres, is_named))
    return rings


def _origin_label(origin: Spot, clusters: Sequence[Cluster]) -> Spot | None:
    """Where the words at the person's own place stand: below it, above it or beside it."""
    x, y = origin
    beside = ORIGIN_RADIUS + ORIGIN_LABEL_HALF + 2
    for at in ((x, y + 29), (x, y - 18), (x + beside, y + 5), (x - beside, y + 5)):
        is_inside = ORIGIN_LABEL_HALF <= at[0] <= SIDE - ORIGIN_LABEL_HALF and 16 <= at[1] <= SIDE
        if is_inside and not any(_covers(at, ORIGIN_LABEL_HALF, each) for each in clusters):
            return at
    return None


def _labels(clusters: Sequence[Cluster], origin: Spot | None, own: Spot | None) -> list[Label]:
    """The names of places, where they have room: none covers another, something to tap, or where
    the person is."""
    labels: list[Label] = []
    for cluster in clusters:
        name = cluster.pins[0].place
        text = name if len(name) <= LABEL_LENGTH_MAX else name[: LABEL_LENGTH_MAX - 1] + "…"
        half = len(text) * LABEL_UNIT / 2
        x = min(max(cluster.x, half + 2), SIDE - half - 2)
        is_single = len(cluster.pins) == 1
        below = cluster.y + (20.0 if is_single else cluster.radius + 17)
        above = cluster.y - (34.0 if is_single else cluster.radius + 6)
        for label in (Label(x, below, text), Label(x, above, text)):
            is_clear = _is_clear(label, half, origin, own)
            if is_clear and text and _has_room(label, half, labels, clusters, cluster):
                labels.append(label)
                break
    return labels


def _is_clear(label: Label, half: float, origin: Spot | None, own: Spot | None) -> bool:
    """The name is on the picture, and off where the person is and the words there."""
    if not LABEL_HEIGHT <= label.y <= SIDE - 4:
        return False
    off_mark = origin is None or (
        abs(origin[0] - label.x) >= half + ORIGIN_RADIUS
        or not -ORIGIN_RADIUS - 4 <= label.y - origin[1] <= ORIGIN_RADIUS + 14
    )
    off_words = own is None or (
        abs(own[0] - label.x) >= half + ORIGIN_LABEL_HALF or abs(own[1] - label.y) >= LABEL_HEIGHT
    )
    return off_mark and off_words


def _has_room(
    label: Label,
    half: float,
    labels: Sequence[Label],
    clusters: Sequence[Cluster],
    own: Cluster,
) -> bool:
    beside = all(
        abs(other.y - label.y) >= LABEL_HEIGHT
        or abs(other.x - label.x) >= half + len(other.text) * LABEL_UNIT / 2
        for other in labels
    )
    others = (each for each in clusters if each is not own)
    return beside and not any(_covers((label.x, label.y), half, each) for each in others)


def _covers(at: Spot, half: float, cluster: Cluster) -> bool:
    """Words whose line is there, so wide to each side, lie upon something to tap."""
    return abs(cluster.x - at[0]) < half + 16 and -28 <= at[1] - cluster.y <= 34


def _round_length(metres: float) -> int:
    """The longest of 1, 2, 5, 10, 20 … metres that is no longer."""
    power = 10 ** math.floor(math.log10(max(metres, 1.0)))
    return int(max(step * power for step in (1, 2, 5) if step * power <= max(metres, 1.0)))
