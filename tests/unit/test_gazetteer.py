"""Where something is: from districts, streets, what people call places, and the shape of a phrase."""

import csv
from pathlib import Path

import pytest

from intents.gazetteer import find_places
from intents.gazetteer.index import load_gazetteer


@pytest.mark.parametrize(
    ("text", "district", "street"),
    [
        ("朝阳区望京西园四区的路灯坏了", "朝阳区", "望京街道"),
        ("我在回龙观这边", "昌平区", "回龙观街道"),
        ("天通苑北一区12号楼", "昌平区", "天通苑北街道"),
        ("我是河南周口人，在亦庄干活", "大兴区", None),
        ("海淀五道口附近", "海淀区", None),
        ("地铁十里堡站A口全是单车", "朝阳区", None),
        ("延庆县八达岭镇岔道村", "延庆区", "八达岭镇"),
        ("不是朝阳，是海淀", "海淀区", None),
        ("在朝阳…不对昌平", "昌平区", None),
        ("房山良乡那边", "房山区", None),
        ("东小口地区的事", "昌平区", "东小口镇"),
        ("丰台区马家堡西路", "丰台区", "马家堡街道"),
    ],
)
def test_the_district_and_street_are_official_names(text: str, district: str, street: str | None) -> None:
    found = find_places(text)
    assert found.district is not None
    assert found.district.value == district
    if street is not None:
        assert found.street is not None
        assert found.street.value == street


@pytest.mark.parametrize(
    "text",
    ["济南市历下区泺源大街的路灯不亮", "南通通州区金沙街道", "长春朝阳区红旗街", "健身房不退钱", "深圳南山区西丽街道"],
)
def test_other_cities_and_no_place_have_no_district_of_beijing(text: str) -> None:
    assert find_places(text).district is None


def test_what_is_ambiguous_stays_ambiguous_until_it_is_asked() -> None:
    found = find_places("北苑那边路灯不亮")
    assert found.district is None
    assert set(found.ambiguous) == {"朝阳区", "通州区"}
    assert find_places("通州北苑那边路灯不亮").ambiguous == ()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("海淀区知春路和中关村大街交叉口有人摆摊", "知春路和中关村大街交叉口"),
        ("我家在望京西园四区203楼", "望京西园四区203楼"),
        ("丰台区角门东里小区3号楼楼道堆杂物", "角门东里小区3号楼"),
        ("在平谷区金海湖镇胡庄村修路", "金海湖镇胡庄村"),
        ("大兴黄村清源路路灯不亮", "黄村清源路"),
        ("我们在国贸上班", "国贸"),
    ],
)
def test_the_place_is_the_most_specific_phrase_without_the_district(text: str, place: str) -> None:
    found = find_places(text).place
    assert found is not None
    assert found.value == place
    assert text[found.start : found.end] == found.raw


@pytest.mark.parametrize("text", ["我们小区门口", "路灯坏了没人管", "一路上都是垃圾", "楼下的路灯不亮"])
def test_a_word_for_a_kind_of_place_is_no_place(text: str) -> None:
    found = find_places(text).place
    assert found is None


def test_sixteen_districts_and_343_streets_agree_with_the_ministry(reference: Path) -> None:
    with (reference / "beijing" / "beijing_streets_mca2026.csv").open(encoding="utf-8") as file:
        official = {(row["district"], row["name"]) for row in csv.DictReader(file)}
    ours = {(district, street) for district, streets in load_gazetteer().streets.items() for street in streets}
    assert ours == official


def test_nearly_every_metro_station_is_known(reference: Path) -> None:
    stations = (reference / "beijing" / "metro_stations.txt").read_text(encoding="utf-8").split()
    known = load_gazetteer().names
    missing = [name for name in stations if name not in known and name.removesuffix("站") not in known]
    assert len(missing) <= 8, missing


def test_places_with_addresses_are_put_into_their_district(reference: Path) -> None:
    """Against 2,500 restaurants, hotels and sights: a district read off the address without its district word is right or absent."""
    right = wrong = 0
    with (reference / "beijing" / "beijing_poi_addr.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            district = next((d for d in load_gazetteer().districts if d in row["address"]), None)
            if district is None:
                continue
            found = find_places(row["address"].replace(district, "").replace("北京市", "").replace("北京", "")).district
            if found is not None:
                right, wrong = right + (found.value == district), wrong + (found.value != district)
    assert right > 400
    assert wrong / (right + wrong) < 0.10, f"{wrong} of {right + wrong}"


@pytest.mark.parametrize(
    ("text", "district"),
    [
        ("我在国贸上班，家安在金瀚雅居小区，天天被吵", None),
        ("上地信息路甲28号办公，注册地在怀柔，社保也在怀柔", "海淀区"),
        ("夜里想起大兴西红门那场火就害怕，天通苑老一区这么隔断", "昌平区"),
        ("希望早点把证办了，以后孩子们别为这个打官司", None),
        ("在国贸上班三个月没发工资", "朝阳区"),
    ],
)
def test_what_is_told_of_the_tellers_life_is_not_where_it_happened(text: str, district: str | None) -> None:
    found = find_places(text).district
    assert (found.value if found else None) == district
