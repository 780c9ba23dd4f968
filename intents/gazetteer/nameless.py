"""Places that only whoever stands there would find: 村口, 学校门口, 3号楼1单元门口."""

import re

from intents.gazetteer.index import load_gazetteer

BEGINS_NAMELESS = re.compile(
    r"^(?:我们?|俺们?|咱们?|本|该|那个?|这个?|[一几两]个?村|路口|门口|楼下|楼道|小区|家门口|村口|马路|旁边|对面|学校|单位|"
    r"地铁站|公交站|地下车库|消防通道|[0-9一二三四五六七八九十]{1,3}(?:号楼|单元|栋|层)|[东西南北][门侧边])"
)
"""How such a place begins."""


def nameless(place: str) -> bool:
    """Whether it holds no name at all: 村口, 从村口, 学校门口."""
    return BEGINS_NAMELESS.match(re.sub(r"^[从在到就]+", "", place)) is not None and not _known(place)


def _known(place: str) -> bool:
    return any(True for _ in load_gazetteer().hits(place))
