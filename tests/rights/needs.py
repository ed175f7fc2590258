"""What may be asked of whoever asks: the words in which operations and pages are described."""

from collections.abc import Callable
from dataclasses import dataclass

from services.rights import Right
from tests.rights.actors import Who


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, with which rights, and whose thing it is about."""

    who: Who
    is_own_side: bool
    person: str

    @property
    def rights(self) -> frozenset[Right]:
        """What the asker's role or scope holds at its node."""
        return self.who.rights

    @property
    def acts_for_person(self) -> bool:
        """The thing is their own or their ward's."""
        return self.is_own_side and self.person in (self.who.person, self.who.ward)

    def may(self, *any_of: Right) -> bool:
        """They have one of these rights at the thing's node."""
        return self.is_own_side and bool(self.rights.intersection(any_of))


Need = Callable[[Asked], bool]


def anybody(asked: Asked) -> bool:
    return True


def account(asked: Asked) -> bool:
    """Whoever is signed in, a program too: it is about themselves."""
    return not asked.who.is_visitor


def human(asked: Asked) -> bool:
    """Whoever is signed in and is no program."""
    return account(asked) and not asked.who.is_machine


def person(asked: Asked) -> bool:
    """Whoever is a volunteer: it is about themselves, whatever is named."""
    return asked.who.person is not None


def own(asked: Asked) -> bool:
    """The person whose it is, or their guardian."""
    return asked.acts_for_person


def at(*any_of: Right) -> Need:
    """Whoever has one of these rights where the thing is."""
    return lambda asked: asked.may(*any_of)


def all_of(*every: Right) -> Need:
    """Whoever has all of these rights where the thing is."""
    return lambda asked: all(asked.may(each) for each in every)


def own_or(*any_of: Right) -> Need:
    """The same, and the person whose it is."""
    return lambda asked: asked.acts_for_person or asked.may(*any_of)


def somewhere(*any_of: Right) -> Need:
    """Whoever has one of these rights anywhere: a list shows each what is theirs."""
    return lambda asked: bool(asked.rights.intersection(any_of))


def only(name: str) -> Need:
    """This account alone, whose it is."""
    return lambda asked: asked.is_own_side and asked.who.name == name


def has_seat(asked: Asked) -> bool:
    """Those who have a seat on the shift, or answer for somebody who has."""
    return asked.is_own_side and bool({"ada", "kid"} & {asked.who.person, asked.who.ward})


def nobody(asked: Asked) -> bool:
    """What is named here is there for nobody who asks."""
    return False


def oneself(asked: Asked) -> bool:
    """The person whose it is, and no guardian: nobody is named beside them."""
    return asked.is_own_side and asked.who.person == asked.person


def one_of(*needs: Need) -> Need:
    return lambda asked: any(need(asked) for need in needs)


ANY_ROLE = (Right.SEE_TREE,)
