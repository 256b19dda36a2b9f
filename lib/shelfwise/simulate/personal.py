"""Who the customers are to a postman: names, addresses, telephone numbers, birthdays; all drawn, none real.

Mail domains are those reserved for examples (RFC 2606), telephone numbers those reserved for fiction (555-0100 to 555-0199 of an
area); the city is that of the customer's home, and who writes Chinese reviews has a Chinese name.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from shelfwise.measures.streams import Draws, Ints
from shelfwise.simulate.catalogue import Bools
from shelfwise.simulate.deliveries import PLACES, home_city
from shelfwise.simulate.reviews import writes_chinese
from shelfwise.simulate.spec import Spec

Texts = NDArray[np.object_]

LEAST_AGE, AGES = 6_575, 24_800  # days: 18 years with five leap days on the shop's first day, and 68 years of spread
HOUSES = 9_899  # house numbers run from 101
DOMAINS = "example.com example.org example.net"
FIRST = """
Ada Amir Ben Carla Daniel Elena Emma Frank Grace Hannah Isaac James Julia Kevin Laura Liam Maria Noah Olivia Paul Rosa Samuel
Sofia Thomas Victor Zoe
"""
LAST = """
Adams Baker Brooks Carter Cohen Cruz Davis Evans Foster Garcia Hughes Jensen Johnson Kelly Lopez Martin Miller Morgan Nguyen
Novak Parker Patel Reed Rossi Schmidt Singh Taylor Turner Walker Young
"""
SURNAMES = "王 Wang 李 Li 张 Zhang 刘 Liu 陈 Chen 杨 Yang 黄 Huang 赵 Zhao 吴 Wu 周 Zhou 徐 Xu 孙 Sun"  # each with its spelling
GIVEN = """
伟 Wei 芳 Fang 娜 Na 敏 Min 静 Jing 强 Qiang 磊 Lei 洋 Yang 艳 Yan 杰 Jie 涛 Tao 明 Ming 秀英 Xiuying 丽华 Lihua
建国 Jianguo 志强 Zhiqiang 雪梅 Xuemei 子涵 Zihan 欣怡 Xinyi 浩然 Haoran
"""
STREETS = "Birch Cedar Chestnut Elm Hickory Hill Lake Linden Maple Mill Oak Orchard Park Pine Ridge Walnut"
STREET_KINDS = "Street Avenue Road Lane Drive"


def personal(spec: Spec, customer_ids: Ints) -> pd.DataFrame:
    """One row per customer asked for; e-mail addresses are unique, names and telephone numbers are not."""
    draws, ids = Draws(spec.seed), np.asarray(customer_ids, dtype=np.int64)
    place = PLACES.iloc[home_city(spec, ids)]
    name, latin = _names(draws, ids, writes_chinese(spec, ids))
    house = np.char.mod("%d ", 101 + draws.below(HOUSES, "house", ids)).astype(object)
    return pd.DataFrame(
        {
            "customer": ids,
            "name": name,
            "email": latin + np.char.mod(".%d@", ids).astype(object) + _one_of(DOMAINS, draws, "mail domain", ids),
            "phone": "+1-" + place["area_code"].to_numpy() + "-555-01" + _two_digits(draws, "telephone", ids),
            "street": house + _one_of(STREETS, draws, "street", ids) + " " + _one_of(STREET_KINDS, draws, "street kind", ids),
            "city": place["city"].to_numpy(),
            "state": place["state"].to_numpy(),
            "postal_code": place["zip_prefix"].to_numpy() + _two_digits(draws, "postal code", ids),
            "born_on": (np.datetime64(spec.start, "D") - LEAST_AGE - draws.below(AGES, "age", ids)).astype(object),
        }
    )


def _names(draws: Draws, ids: Ints, chinese: Bools) -> tuple[Texts, Texts]:
    """As written, and first.last in small Latin letters; Chinese names have the surname first."""
    first, last = _one_of(FIRST, draws, "first name", ids), _one_of(LAST, draws, "last name", ids)
    given, surname = _pair_of(GIVEN, draws, "given name", ids), _pair_of(SURNAMES, draws, "surname", ids)
    name = np.where(chinese, surname[:, 0] + given[:, 0], first + " " + last)
    latin = np.where(chinese, given[:, 1] + "." + surname[:, 1], first + "." + last)
    return name, np.array([one.lower() for one in latin], dtype=object)


def _one_of(words: str, draws: Draws, stream: str, ids: Ints) -> Texts:
    choices = np.array(words.split(), dtype=object)
    return choices[draws.below(len(choices), stream, ids)]


def _pair_of(words: str, draws: Draws, stream: str, ids: Ints) -> Texts:
    choices = np.array(words.split(), dtype=object).reshape(-1, 2)
    return choices[draws.below(len(choices), stream, ids)]


def _two_digits(draws: Draws, stream: str, ids: Ints) -> Texts:
    return np.char.mod("%02d", draws.below(100, stream, ids)).astype(object)
