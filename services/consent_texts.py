"""What people are asked, word for word. Every version that anybody answered stays here for good.

A new wording is a new version at the end of its row. One that changes what is agreed to sets
`asks_again`: earlier answers then no longer stand.
"""

import hashlib
from collections.abc import Mapping
from enum import StrEnum

import msgspec

from services.words import Words


class Purpose(StrEnum):
    """What data about a person are used for, each asked on its own."""

    SERVICE = "service"
    CHILD = "child"
    MATCHING = "matching"
    EMERGENCY = "emergency"
    PUBLICITY = "publicity"
    SHARE_TOTAL = "share_total"
    EXPORT = "export"


class Ground(StrEnum):
    """What a purpose stands on.

    `needed`: without it there is no account, and one leaves by deleting it. `unless_refused`: part
    of the service, and refused at any time. `consent`: never without a yes.
    """

    NEEDED = "needed"
    UNLESS_REFUSED = "unless_refused"
    CONSENT = "consent"


GROUNDS: Mapping[Purpose, Ground] = {
    Purpose.SERVICE: Ground.NEEDED,
    Purpose.CHILD: Ground.NEEDED,
    Purpose.MATCHING: Ground.UNLESS_REFUSED,
    Purpose.EMERGENCY: Ground.CONSENT,
    Purpose.PUBLICITY: Ground.CONSENT,
    Purpose.SHARE_TOTAL: Ground.CONSENT,
    Purpose.EXPORT: Ground.CONSENT,
}
WITH_RECIPIENT = frozenset({Purpose.SHARE_TOTAL, Purpose.EXPORT})
"""Purposes that are asked for each recipient on its own."""


class ConsentText(msgspec.Struct, frozen=True, kw_only=True):
    """One wording: what is done, why, who gets it, and what a no means."""

    version: str
    title: Words
    what: Words
    why: Words
    who: Words
    no: Words
    asks_again: bool = True

    @property
    def digest(self) -> str:
        """SHA-256 of the wording, by which an old answer can be held against its text."""
        parts = (self.version, self.title, self.what, self.why, self.who, self.no)
        return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


_NOBODY_ELSE = Words("只有本平台和你所在的组织。", "Only we and the organisations you belong to.")

TEXTS: Mapping[Purpose, tuple[ConsentText, ...]] = {
    Purpose.SERVICE: (
        ConsentText(
            version="2026-11-22",
            title=Words("使用本平台", "Using this service"),
            what=Words(
                "保存你的姓名、手机号、出生日期，以及你的报名和服务记录。手机号和出生日期加密保存。",
                "We keep your name, phone number and date of birth, and what you sign up for and "
                "do. The number and the date are kept encrypted.",
            ),
            why=Words(
                "没有这些就无法让你登录、报名和证明你的服务。",
                "Without them you could not sign in, take a seat or prove what you gave.",
            ),
            who=Words(
                "登记你的组织，以及你报名的活动的组织者。",
                "The organisation that registered you, and the organisers of shifts you join.",
            ),
            no=Words(
                "不想再被保存，可以随时注销账号。",
                "If you no longer want this, you can delete your account at any time.",
            ),
        ),
    ),
    Purpose.CHILD: (
        ConsentText(
            version="2026-11-22",
            title=Words("未满 14 周岁儿童的个人信息", "Data of a child under 14"),
            what=Words(
                "保存孩子的姓名、出生日期，以及孩子参加的活动。不收集证件、照片和位置。",
                "We keep the child's name and date of birth, and what the child takes part in. We "
                "collect no papers, photographs or positions.",
            ),
            why=Words(
                "让孩子在你的陪同或同意下参加适合的活动。每次活动都会另外问你。",
                "So that the child can join suitable activities with your consent. You are asked "
                "again for each activity.",
            ),
            who=Words(
                "登记孩子的组织。工作人员查看都要有理由、经批准，并留下记录。",
                "The organisation that registers the child. Every look by staff needs a reason "
                "and an approval, and is recorded.",
            ),
            no=Words(
                "不同意就不能登记孩子；已经登记的，注销孩子的账号即可删除。",
                "Without your consent the child cannot be registered; afterwards, deleting the "
                "child's account deletes the data.",
            ),
        ),
    ),
    Purpose.MATCHING: (
        ConsentText(
            version="2026-11-22",
            title=Words("为你推荐班次", "Proposing shifts to you"),
            what=Words(
                "用你的空闲时间、技能、喜好和大致住处，自动算出适合你的班次并来问你。",
                "We use your free time, skills, likes and roughly where you live to work out "
                "which shifts suit you, and then ask you.",
            ),
            why=Words(
                "让你少找一点，也让需要人的地方找得到人。",
                "It saves you searching, and helps places that need people to find them.",
            ),
            who=_NOBODY_ELSE,
            no=Words(
                "关掉以后不再向你推荐；你照样可以自己浏览和报名，什么都不会少。",
                "Without it nothing is proposed to you. You can still browse and join any shift; "
                "nothing else changes.",
            ),
        ),
    ),
    Purpose.EMERGENCY: (
        ConsentText(
            version="2026-11-22",
            title=Words("紧急时召集我", "Calling me in an emergency"),
            what=Words(
                "发生紧急情况时，用你的手机号、技能和大致住处问你能不能来。",
                "In an emergency we use your number, skills and roughly where you live to ask "
                "whether you can come.",
            ),
            why=Words(
                "台风、寒潮、停水这样的时候，邻居需要马上有人帮忙。",
                "In a typhoon, a cold spell or a water failure, neighbours need help at once.",
            ),
            who=Words(
                "你所在区域的应急协调员，仅在紧急情况期间。",
                "The emergency coordinators of your area, while the emergency lasts.",
            ),
            no=Words(
                "不加入名单，紧急时不会打扰你。加入以后，每一次仍然可以说不。",
                "You are not on the list and will not be disturbed. On the list, you can still "
                "say no each time.",
            ),
        ),
    ),
    Purpose.PUBLICITY: (
        ConsentText(
            version="2026-11-22",
            title=Words("公布我的姓名和时长", "Showing my name and hours in public"),
            what=Words(
                "在社区公示栏或网页上公布你的姓名和服务时长。",
                "Your name and hours may be shown on a community board or page.",
            ),
            why=Words("表扬志愿者，带动更多邻居。", "To thank volunteers and encourage others."),
            who=Words("所有看到公示的人。", "Everybody who sees the board or the page."),
            no=Words(
                "你的姓名不会公布，其他不变。", "Your name is not shown. Nothing else changes."
            ),
        ),
    ),
    Purpose.SHARE_TOTAL: (
        ConsentText(
            version="2026-11-22",
            title=Words("让单位看到我的总时长", "Letting an organisation see my total"),
            what=Words(
                "这个组织可以看到你在所有地方的服务总时长（一个数字），看不到在哪里、做什么。",
                "This organisation may see the sum of your hours everywhere: one figure, not "
                "where or what.",
            ),
            why=Words(
                "双报到时，单位或社区不用再让你交证明。",
                "So that your unit or community need not ask you for certificates.",
            ),
            who=Words("只有这一个组织。", "Only this one organisation."),
            no=Words(
                "它只看得到你在它那里的服务。",
                "It sees only what you did with it.",
            ),
        ),
    ),
    Purpose.EXPORT: (
        ConsentText(
            version="2026-11-22",
            title=Words("把我的记录交给外部接收方", "Handing my record to somebody outside"),
            what=Words(
                "把下面列出的内容交给这个接收方。每个接收方单独问你。",
                "What is listed below is handed to this recipient. You are asked for each one.",
            ),
            why=Words("用于下面写明的用途，不作他用。", "For the use named below and no other."),
            who=Words("只有这一个接收方。", "Only this one recipient."),
            no=Words(
                "你的记录不会交给它；已经交出去的会一直列在你的页面上。",
                "Your record is not handed over. What was handed over before stays listed on "
                "your page.",
            ),
        ),
    ),
}
"""Every wording of each purpose, the oldest first; the last one is what is asked today."""


def current(purpose: Purpose) -> ConsentText:
    """The wording that is asked today."""
    return TEXTS[purpose][-1]


def standing_versions(purpose: Purpose) -> list[str]:
    """The versions to which an answer still stands."""
    found: list[str] = []
    for text in TEXTS[purpose]:
        found = [text.version] if text.asks_again else [*found, text.version]
    return found
