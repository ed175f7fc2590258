"""Changes of the organisation tree: rename, recode, move, merge, close. Each has its history."""

from services.reorganising.changing import close, edit, move
from services.reorganising.merging import merge, merge_preview

__all__ = ["close", "edit", "merge", "merge_preview", "move"]
