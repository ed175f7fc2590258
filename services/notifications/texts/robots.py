"""What is posted into a chat group of organisers about the group itself."""

from collections.abc import Mapping

from services.notifications.texts.types import Text

TEXTS: Mapping[str, Text] = {
    "robot_test": Text(
        "睦邻已接上这个群（{group}）。班次缺人、有人来不了时，会在这里说一声，不提任何人的名字。",
        "Mulin is connected to this group ({group}). It says here when a shift lacks people or "
        "somebody cannot come, and names nobody.",
        10,
    ),
}
