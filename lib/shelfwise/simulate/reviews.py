# ruff: noqa: RUF001  Chinese text has full-width punctuation
"""What customers write about what they bought, in English or Chinese, and what they felt when writing.

    P(sentiment <= k) = logistic(threshold_k - SLOPE * quality of the item),    k = bad (-1), middling (0)

The noise has two parts: a customer's leniency, the same in all their reviews, and one per review. Leniency has the bridge law
of Wang & Louis (2003, Biometrika 90): averaged over customers, logistic thresholds stay logistic, only PHI times as steep.
"""

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from shelfwise.measures.streams import Draws, Floats, Ints
from shelfwise.simulate.catalogue import Bools, items
from shelfwise.simulate.plans import shelf_lives
from shelfwise.simulate.spec import Spec

Texts = NDArray[np.object_]

REVIEWED = 0.06  # probability that a purchase is reviewed: shops see 1 to 10 in a hundred
MEAN_DAYS = 6.0  # from the purchase to the review, beyond the first
CHINESE = 0.3  # share of customers who write in Chinese
THRESHOLDS, SLOPE = np.array([-1.6, -0.5]), 1.0  # logits: at quality 0, 17 % bad, 21 % middling, 62 % good
PHI = 0.85  # leniency has a variance of pi^2 / 3 * (PHI^-2 - 1) = 1.3 logits^2
RATINGS = np.array([[1, 2], [3, 3], [5, 4]])  # stars by sentiment: the usual and the other choice
USUAL = 0.6  # probability of the usual one
LANGUAGES = ("en", "zh")
ASPECTS = ("quality", "price", "packaging", "freshness", "delivery")
ASPECT_SHARES = ((0.35, 0.25, 0.20, 0.00, 0.20), (0.25, 0.20, 0.15, 0.25, 0.15))  # of what keeps, and of what does not
PERISHABLE = 28  # days of shelf life, at most: only such items are praised or blamed for freshness
KEY = ("customer", "item", "day")

# six phrases per aspect (in the order above) and sentiment (bad, middling, good): two lines each in English, one in Chinese
ENGLISH = """
The quality is a real let-down.|Feels cheaply made.|The worst quality of all that I have tried.
Clearly below the standard I expected.|Something was wrong from the very first use.|They have cut corners on how it is made.
The quality is about what I expected.|Neither well nor badly made.|It does the job, nothing more.
As good as most others of its kind.|Average quality, no surprises.|Parts of it are well made, parts less so.
The quality is outstanding.|Really well made.|The best quality of all that I have tried.
You can tell that only good things went into it.|Excellent quality every single time.|Clearly a cut above the rest.
Far too expensive for what you get.|The price went up and now it is too much.|I found the same elsewhere for much less.
Overpriced, plain and simple.|Not worth the money.|You pay a lot for very little.
The price is average.|Costs about the same as everywhere else.|Neither cheap nor expensive.
A normal price for this kind of thing.|The price is acceptable, though no bargain.|You get roughly what you pay for.
Great value for the money.|Hard to beat at this price.|Cheaper than anywhere else I looked.
A real bargain.|Worth every cent.|I would gladly have paid more for it.
The packaging was torn.|The seal was already broken.|The lid does not close and everything leaked.
Far too much plastic around it.|The pack is impossible to open without scissors.|The box was crushed and the wrapping loose.
The packaging is plain but does its job.|An ordinary box, nothing special.|A little hard to open, but the pack protects well.
The packaging is neither pretty nor ugly.|Wrapped the way such things usually are.|The new pack is different, not better or worse.
Beautifully packed.|The packaging protects it perfectly.|I love that the pack can be closed again.
Easy to open, and no needless plastic around it.|The box is so pretty that I keep it.|Securely sealed and neatly wrapped.
It was almost past its date already.|Stale when I opened it.|It had gone off two days before the date.
It did not smell fresh at all.|It must have sat on the shelf for months.|Spoiled long before I could use it up.
Freshness was all right, not more.|Fresh enough if you use it the same day.|The date left a week, which is usual.
Not the freshest, but not old either.|About as fresh as in any other shop.|Some of it was fresh, some less so.
Wonderfully fresh.|As fresh as on the day it was made.|The date was still a long way off.
It stayed fresh to the very end.|It smelled fresh the moment I opened it.|You could not get it any fresher.
It arrived four days late.|The delivery took forever.|The courier left the parcel out in the rain.
Nobody told me that the parcel would be late.|I had to chase the carrier twice.|It was delivered to the wrong door.
Delivery took the usual few days.|It came on the last day that was promised.|The parcel came neither early nor late.
Ordinary delivery, nothing to report.|The courier was friendly, but not quick.|Delivery was neither fast nor slow.
It arrived a day early.|Super fast delivery.|The courier was punctual and friendly.
Ordered in the evening, here the next morning.|The parcel came exactly when promised.|Delivery could not have been smoother.
"""
CHINESE_TEXT = """
质量真的很差。|做工粗糙，一看就知道。|质量比以前差多了。|品质远不如预期。|质量比同类产品都差。|第一次用就发现质量有问题。
质量中规中矩。|品质一般，没有惊喜。|质量跟同类产品差不多。|质量说不上好，也说不上差。|质量和预期的差不多。|品质有好有坏，不太稳定。
质量非常好。|品质没得说。|做工很用心。|质量比同类产品都好。|每次买品质都很好。|用料扎实，一看就是好东西。
太贵了，不值这个价。|性价比很低。|涨价以后完全不划算。|别家便宜很多。|花了冤枉钱。|价格虚高。
价格一般。|跟别家价格差不多。|不贵也不便宜。|价格还能接受，但不算优惠。|一分钱一分货。|这类东西大概就这个价。
性价比超高。|价格很实惠。|比别家便宜多了。|这个价格太划算了。|物超所值。|每一分钱都花得值。
包装破了。|收到时盒子都压扁了。|封口是开的。|盖子盖不紧，全漏出来了。|包装太难打开了。|包装简陋，里面全散了。
包装普通。|包装简单，但够用。|新包装和以前不一样，谈不上好坏。|包装有点难开，不过保护得还行。|盒子很普通，没什么特别。|包装不好看也不难看。
包装很精美。|包装严实，保护得很好。|封口可以反复使用，很方便。|包装好开又环保。|盒子漂亮得舍不得扔。|包得很仔细，一点没损坏。
收到时快过期了。|一点都不新鲜。|打开就有怪味。|还没到期就坏了。|日期很旧，像是库存货。|放了两天就变质了。
新鲜度一般。|当天用还算新鲜。|日期不新不旧。|新鲜程度跟别的店差不多。|有的新鲜，有的一般。|保质期还剩一周，算正常。
非常新鲜。|日期很新。|离到期还早，很新鲜。|打开就闻到新鲜的味道。|放到最后都很新鲜。|新鲜得没话说。
晚到了四天。|物流太慢了。|快递员把包裹扔在雨里。|送错了门。|迟到了也没人通知。|催了两次才送来。
物流速度一般。|最后一天才到，不算晚。|送货不快也不慢。|跟平时一样，几天送到。|快递员很客气，就是不快。|送货正常，没什么好说的。
送货超快。|提前一天就到了。|晚上下单，第二天早上就到。|快递员准时又热情。|说好哪天到就哪天到。|物流没得挑。
"""
OPENERS = """
Bought this for the first time.|I have bought this a few times now.|A friend recommended it.|I got it for my family.|My second one.|
第一次买。|买过几次了。|朋友推荐买的。|给家里人买的。|第二次买。|
"""
CLOSERS = """
I will not buy it again.|Very disappointed.|I would like my money back.|
It is okay.|I may or may not buy it again.|No strong feelings either way.|
I will buy it again.|Very happy.|Could not be happier.|
不会再买了。|很失望。|想退款。|
还行吧。|买不买都可以。|总之一般般。|
会再买的。|很满意。|太喜欢了。|
"""
TITLES = """
Disappointed|Not again|Would not recommend|A let-down
It is okay|Average|Nothing special|So-so
Very happy|Love it|Highly recommended|Would buy again
失望|不会再买|不推荐|踩雷了
还行|一般般|普普通通|马马虎虎
很满意|非常喜欢|强烈推荐|会回购
"""


def _table(text: str, *shape: int) -> Texts:
    return np.array(re.split(r"[|\n]", text.strip("\n")), dtype=object).reshape(shape)


PHRASES = np.stack([_table(text, len(ASPECTS), 3, 6) for text in (ENGLISH, CHINESE_TEXT)])  # language, aspect, sentiment, choice
OPENER, CLOSER, TITLE = _table(OPENERS, 2, 6), _table(CLOSERS, 2, 3, 4), _table(TITLES, 2, 3, 4)


def reviews(spec: Spec, lines: pd.DataFrame) -> pd.DataFrame:
    """One row per reviewed line (customer, item, day: unique) whose review is written by the shop's last day."""
    draws, (customer, item, bought, day) = Draws(spec.seed), _written(spec, lines)
    chinese = writes_chinese(spec, customer).astype(np.int64)
    sentiment = _sentiments(spec, customer, item, bought)
    aspect = _aspects(spec, customer, item, bought)
    usual = draws.uniform("review stars", customer, item, bought) < USUAL
    title = draws.below(TITLE.shape[-1], "review title", customer, item, bought)
    return pd.DataFrame(
        {
            "customer": customer,
            "item": item,
            "bought_day": bought,
            "day": day,
            "language": np.array(LANGUAGES, dtype=object)[chinese],
            "rating": RATINGS[sentiment + 1, np.where(usual, 0, 1)],
            "title": TITLE[chinese, sentiment + 1, title],
            "text": _texts(draws, (customer, item, bought), chinese, aspect, sentiment),
            "sentiment": sentiment,
            "aspect": np.array(ASPECTS, dtype=object)[aspect],
        }
    )


def _written(spec: Spec, lines: pd.DataFrame) -> list[Ints]:
    """Customer, item, day of the purchase and day of the review."""
    draws, key = Draws(spec.seed), [lines[name].to_numpy(np.int64) for name in KEY]
    after = 1 + np.floor(-MEAN_DAYS * np.log(draws.uniform("review day", *key))).astype(np.int64)
    written = (draws.uniform("reviewed", *key) < REVIEWED) & (key[2] + after < spec.days)
    return [column[written] for column in (*key, key[2] + after)]


def reviewed_probability(spec: Spec, day: Ints) -> Floats:
    """P(a purchase of that day has a review by the shop's last day)."""
    return REVIEWED * -np.expm1(-np.maximum(spec.days - 1 - day, 0) / MEAN_DAYS)


def writes_chinese(spec: Spec, customers: Ints) -> Bools:
    return np.asarray(Draws(spec.seed).uniform("writes Chinese", customers) < CHINESE)


def sentiment_probabilities(quality: Floats) -> Floats:
    """Rows of P(bad), P(middling), P(good) over all customers."""
    below = expit(THRESHOLDS - SLOPE * np.asarray(quality)[:, None])
    return np.diff(below, axis=1, prepend=0.0, append=1.0)


def leniency(uniform: Floats) -> Floats:
    """Quantiles of the bridge law, in logits."""
    return np.asarray(np.log(np.sin(PHI * np.pi * uniform) / np.sin(PHI * np.pi * (1 - uniform))) / PHI)


def _sentiments(spec: Spec, customer: Ints, item: Ints, bought: Ints) -> Ints:
    draws = Draws(spec.seed)
    kind = leniency(draws.uniform("leniency", customer))
    below = expit((THRESHOLDS[:, None] - SLOPE * items(spec).quality[item]) / PHI - kind)
    return np.asarray((draws.uniform("sentiment", customer, item, bought) >= below).sum(axis=0) - 1)


def _aspects(spec: Spec, customer: Ints, item: Ints, bought: Ints) -> Ints:
    """Places in ASPECTS."""
    keeps, spoils = (Draws(spec.seed).pick(shares, "aspect", customer, item, bought) for shares in ASPECT_SHARES)
    return np.where(shelf_lives(spec)[item] <= PERISHABLE, spoils, keeps)


def _texts(draws: Draws, key: tuple[Ints, ...], chinese: Ints, aspect: Ints, sentiment: Ints) -> Texts:
    """A neutral opener, a phrase that carries aspect and sentiment, a closer that agrees; opener and closer may be missing."""
    opener, phrase, closer = (draws.below(n, f"review {part}", *key) for part, n in (("opener", 6), ("phrase", 6), ("closer", 4)))
    parts = OPENER[chinese, opener], PHRASES[chinese, aspect, sentiment + 1, phrase], CLOSER[chinese, sentiment + 1, closer]
    gap = np.array([" ", ""], dtype=object)[chinese]
    joined = parts[0] + gap + parts[1] + gap + parts[2]
    return np.array([text.strip() for text in joined], dtype=object)
