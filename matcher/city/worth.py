"""What an open seat counts as beside the cost of lines."""

from matcher.tables import Tables


def worth_of_a_seat(tables: Tables) -> int:
    """What one open seat of priority 1 counts as, in cost: more than lines a person would mind."""
    weights = tables.weights
    dear = 200 * weights.travel + 3 * weights.cause + weights.invite + weights.change
    return max(1, 5 * (dear + 10 * weights.fairness))
