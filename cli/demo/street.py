"""The demo street: its bodies, its standing projects and the names its people are drawn from.

Everybody and everything here is invented.
"""

from dataclasses import dataclass
from datetime import time

CITY_NAME = "示例市"
STREET_NAME = "睦邻街道"
CENTRE = (121.4370, 31.1880)

SURNAMES = tuple("王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许韩邓冯曹")
GIVEN_NAMES = (
    "晓雯", "子涵", "雨桐", "浩然", "思远", "佳宁", "梓轩", "欣怡",
    "一鸣", "书瑶", "嘉豪", "静怡", "博文", "若曦", "俊杰", "可欣",
    "天宇", "诗涵", "明轩", "悦然", "志强", "慧敏", "文博", "雪莹",
    "家乐", "心怡", "宇航", "梦洁", "建华", "丽娟",
)  # fmt: skip
CAUSES = ("助老", "儿童", "环保", "健康", "文化", "平安")
SKILLS = {"急救": 0.12, "沪语": 0.3, "手语": 0.03, "电脑": 0.35, "心理疏导": 0.04, "摄影": 0.1}
"""Each skill with the share of people who have it. Some are rare on purpose: gaps need reasons."""
CERTIFIED_SKILL = "急救"
"""The one of them that counts only when it is confirmed."""


@dataclass(frozen=True, slots=True)
class Life:
    """A way of life: ages, how many live it, and when they have time (weekday, from, to hour)."""

    weight: int
    youngest: int
    oldest: int
    keenness: float
    windows: tuple[tuple[int, int, int], ...]


LIVES = (
    Life(5, 16, 24, 0.6, (*((day, 15, 22) for day in range(5)), (5, 8, 24), (6, 8, 22))),
    Life(6, 24, 40, 0.5, (*((day, 18, 24) for day in range(5)), (5, 8, 20), (6, 8, 20))),
    Life(3, 41, 68, 0.7, tuple((day, 6, 18) for day in range(7))),
)


@dataclass(frozen=True, slots=True)
class DemoRole:
    key: str
    minimum: int
    target: int
    maximum: int
    skills: dict[str, int]
    min_age: int = 16


@dataclass(frozen=True, slots=True)
class DemoProject:
    """One standing project: on which weekdays, at which local hours, with which roles."""

    key: str
    name: str
    cause: str
    place: str
    offset_m: tuple[int, int]  # east and north of the centre
    weekdays: tuple[int, ...]
    start: time
    end: time
    priority: int
    roles: tuple[DemoRole, ...]
    risk: str
    description: str = ""
    team: tuple[tuple[str, int, int], ...] = ()
    cancel_below_minimum: bool = False


PROJECTS = (
    DemoProject(
        "meals", "长者助餐送餐", "助老", "梧桐居委会食堂", (400, 250), (0, 1, 2, 3, 4),
        time(10, 30), time(13, 0), 8,
        (DemoRole("送餐员", 3, 5, 6, {}), DemoRole("打包员", 1, 2, 3, {})),
        "送餐需骑行或步行往返；请注意交通安全，热食防烫伤。",
    ),
    DemoProject(
        "clinic", "周末社区义诊协助", "健康", "街道社区卫生服务中心", (-600, 500), (5, 6),
        time(8, 30), time(12, 0), 9,
        (DemoRole("引导员", 3, 5, 6, {}), DemoRole("急救员", 1, 2, 2, {"急救": 3}, 18)),
        "现场接触病患，请佩戴口罩；急救员须持有效证书。",
        team=(("沪语", 2, 1),), cancel_below_minimum=True,
    ),
    DemoProject(
        "after-school", "放学后晚托班", "儿童", "香樟小学", (900, -300), (0, 1, 2, 3, 4),
        time(15, 30), time(18, 0), 7,
        (DemoRole("陪伴员", 3, 4, 5, {}), DemoRole("心理老师", 1, 1, 1, {"心理疏导": 3}, 18)),
        "与未成年人同处，须两人以上同时在场，禁止私下联系。",
    ),
    DemoProject(
        "phones", "长者智能手机课堂", "助老", "银杏居委会活动室", (-300, -700), (1, 3, 5),
        time(14, 0), time(16, 0), 5,
        (DemoRole("助教", 3, 6, 8, {"电脑": 2}),),
        "不代替长者操作支付；保护个人信息。",
        team=(("沪语", 1, 1),),
    ),
    DemoProject(
        "river", "护河净滩", "环保", "滨江步道三号口", (1500, 1200), (5, 6),
        time(9, 0), time(11, 30), 4,
        (DemoRole("队员", 6, 12, 15, {}),),
        "临水作业，请穿防滑鞋，不得下水。",
        cancel_below_minimum=True,
    ),
    DemoProject(
        "library", "周末图书角", "文化", "街道文化中心", (200, -200), (5, 6),
        time(13, 0), time(17, 0), 3,
        (DemoRole("管理员", 2, 3, 4, {}), DemoRole("手语讲解", 0, 1, 1, {"手语": 3})),
        "室内服务，风险较低；搬书注意姿势。",
    ),
    DemoProject(
        "night", "夜间平安巡防", "平安", "街道综治中心", (0, 0), (4, 5),
        time(20, 0), time(23, 30), 6,
        (DemoRole("巡防员", 4, 6, 8, {}, 18),),
        "夜间出行两人一组，遇险情先报警，不得自行处置。",
    ),
    DemoProject(
        "waste", "垃圾分类引导", "环保", "海棠居民区投放点", (-1100, 300), (0, 2, 4, 6),
        time(7, 0), time(9, 0), 5,
        (DemoRole("引导员", 2, 3, 4, {}),),
        "接触垃圾请戴手套，注意卫生。",
    ),
)  # fmt: skip

NEIGHBOURHOODS = ("梧桐居委会", "香樟居委会", "银杏居委会", "海棠居委会")
BODIES = (
    ("school", "示例大学"),
    ("employer", "示例软件公司"),
    ("social_organisation", "邻里互助社"),
    ("service_team", "青年突击队"),
)
