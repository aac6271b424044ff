"""One normal form for text that people wrote, with a way back to every character they wrote.

The normal form is NFKC (full-width letters, circled numbers, ligatures), lower case, traditional
characters written as simplified ones, a few disguises undone (薇 for 微, ♂ for 男), and characters
that cannot be seen left out. A rule then needs one spelling only, and what it finds is shown to a
person in the words of the original.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

# Traditional character, then the simplified one. Those that adverts and the rules about them use;
# a character that has several simplified forms, or is also a simplified one, is left out.
_PAIRS = """
證证 護护 學学 業业 駕驾 駛驶 執执 資资 險险 質质 壓压 擔担 繳缴 納纳 費费 錢钱 預预 墊垫 賠赔 償偿 單单 傭佣 點点 讚赞
贊赞 關关 註注 轉转 發发 評评 論论 圖图 視视 頻频 廣广 賬账 帳账 號号 碼码 郵邮 幣币 賺赚 獎奖 勵励 優优 選选 擇择 幾几
個个 們们 這这 裡里 裏里 為为 爲为 從从 來来 時时 間间 開开 閉闭 門门 問问 題题 應应 該该 須须 顧顾 員员 團团 隊队 職职
務务 勞劳 動动 約约 簽签 訂订 條条 離离 歸归 還还 領领 歲岁 齡龄 歷历 驗验 經经 無无 與与 並并 對对 導导 購购 裝装 銷销
產产 廠厂 車车 機机 電电 腦脑 網网 絡络 線线 區区 縣县 鎮镇 鄉乡 國国 內内 衛卫 醫医 療疗 養养 婦妇 媽妈 爺爷 孫孙 親亲
戶户 嚴严 絕绝 將将 會会 計计 師师 總总 監监 長长 協协 辦办 處处 給给 讓让 請请 謝谢 擾扰 誠诚 實实 習习 試试 當当 場场
後后 復复 複复 製制 範范 圍围 徵征 錄录 報报 銀银 帶带 連连 續续 績绩 級级 類类 項项 數数 據据 鐘钟 週周 舉举 騙骗 遊游
戲戏 擊击 讀读 寫写 話话 語语 聯联 繫系 係系 僅仅 僱雇 獲获 權权 義义 價价 貨货 運运 輸输 遞递 廳厅 飯饭 館馆 樓楼 層层
寶宝 貝贝 東东 陳陈 張张 劉刘 楊杨 黃黄 趙赵 吳吴 馬马 鳳凤 龍龙 飛飞 髮发 妝妆 麗丽 靚靓 體体 檢检 測测 標标 準准 補补
貼贴 節节 氣气 熱热 愛爱 樂乐 歡欢 願愿 責责 負负 積积 極极 強强 奮奋 態态 懷怀 傷伤 殘残 稅税 繼继 訓训 練练 課课 雙双
兩两 萬万 億亿 餘余 較较 減减 滿满 過过 遠远 進进 達达 違违 罰罚 規规 則则 審审 確确 認认 於于 麼么 隻只 臺台 憑凭 嗎吗
妳你 衝冲 沖冲 設设 訊讯 詢询 調调 談谈 財财 貸贷 賣卖 買买 貴贵 載载 鑰钥 鎖锁 風风 馳驰 騎骑 體体 鮮鲜 鴻鸿 麥麦 齊齐
屬属 岡冈 島岛 帥帅 廢废 懇恳 戰战 拋抛 損损 擁拥 擇择 攜携 敗败 無无 書书 極极 構构 樣样 歐欧 歲岁 淨净 灣湾 爭争 獨独
環环 畢毕 異异 盡尽 礎础 禮礼 稱称 種种 穩稳 競竞 筆笔 紅红 純纯 紙纸 組组 結结 統统 維维 緊紧 編编 縮缩 織织 罷罢 聲声
腳脚 舊旧 術术 衆众 裏里 觀观 觸触 許许 訴诉 詐诈 誤误 講讲 譯译 讀读 變变 趨趋 跡迹 軟软 輕轻 農农 適适 遲迟 鄰邻 釋释
鋪铺 鋼钢 難难 雜杂 雲云 靈灵 響响 頁页 順顺 頓顿 頭头 顯显 飲饮 養养 駐驻 驅驱 體体 繼继 償偿
"""
# What is written in place of a word that a filter looks for, and pictures that stand for one word.
_DISGUISES = {
    "薇": "微",
    "唰": "刷",
    "♂": "男",
    "♀": "女",
    "🚫": "禁",
    "❌": "不",
    "💰": "钱",
    "‘": "'",
    "’": "'",
    "–": "-",
    "—": "-",
} | {chr(0x2776 + number): str(number + 1) for number in range(10)}
_LETTERS = {pair[0]: pair[1] for pair in _PAIRS.split()} | _DISGUISES
_HALFWIDTH_MARKS = "ﾞﾟ"  # they join the letter before them, though Unicode gives them no combining class
# Characters of which each becomes exactly one: what nearly every Chinese advert is made of.
_PLAIN = (
    "\x00-\x7f\u4e00-\u9fff\uff01-\uff5e\u3000-\u3003\u3008-\u3011\u2013\u2014\u2018\u2019\u201c\u201d\u00b7\u2460-\u2468"
    "●★◆■▶"
)
_STRANGE = re.compile(f"[^{_PLAIN}]")
_CHANGING = re.compile("[A-Z\uff01-\uff5e\u3000\u2460-\u2468" + "".join(_LETTERS) + "]")

# Each alternative begins with its characters, and looks back only then: that is what makes the search fast.
_DELIMITERS = re.compile(
    r"[。！？!?;\n…●★◆■▶【】]"
    r"|[、)](?<=[\d一二三四五六七八九十].)(?!\d)"
    r"|\.(?:(?=\s)|$|(?<=\d.)(?!\d))"
    r"|[-—=~*_]{3,}"
)
_BREAKS = "\n。"  # these end a sentence wherever they stand
_NUMERALS = frozenset("0123456789一二三四五六七八九十")
_SOMETIMES = ".、)"  # these end a sentence, or follow its number, or do neither
_ITEM = re.compile(
    r"(?:(?<![\d.,~/$¥€£-])(?<![a-z] )\d{1,2}"
    r"|(?<![一二三四五六七八九十百千万几第周期拜之])[一二三四五六七八九十]{1,2})$"
)
_ABBREVIATION = re.compile(r"(?:\be\.g|\bi\.e|\bmr|\bms|\bdr|\bno|\betc|\bltd|\binc|\bco|\bapprox)$")
_LONGEST_ABBREVIATION = 6


@dataclass(frozen=True, slots=True)
class Normal:
    """A text in its normal form, and where each of its characters stands in the original.

    Attributes:
        text: the normal form.
        original: what was written.
    """

    text: str
    original: str
    # Where the text is not the same length as the original: pieces in order, none of them empty. A piece
    # begins at _begins[i] in the text and at _from[i] in the original; _until[i] is where it ends in the
    # original if it is one indivisible unit, and -1 if its characters correspond one to one.
    _begins: tuple[int, ...] = field(default=(), repr=False)
    _from: tuple[int, ...] = field(default=(), repr=False)
    _until: tuple[int, ...] = field(default=(), repr=False)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the passage `text[start:end]` stands in the original.

        Args:
            start, end: offsets in code points of the normal form; 0 <= start <= end <= len(text).

        Returns:
            Offsets in code points of the original. Its passage, normalised, contains the one asked for.

        Raises:
            ValueError: the offsets are not a passage of the text.

        Example:
            >>> normal = normalise("需交押\\u200b金５００元")
            >>> normal.text, normal.span(2, 4)
            ('需交押金500元', (2, 5))
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"({start}, {end}) is not a passage of a text of {len(self.text)} characters")
        if not self._begins:
            return start, end
        if start == end:
            at = self._original_end(start) if start else 0
            return at, at
        return self._original_start(start), self._original_end(end)

    def _original_start(self, at: int) -> int:
        piece = bisect_right(self._begins, at) - 1
        return self._from[piece] + (at - self._begins[piece] if self._until[piece] < 0 else 0)

    def _original_end(self, at: int) -> int:
        piece = bisect_right(self._begins, at - 1) - 1
        until = self._until[piece]
        return self._from[piece] + at - self._begins[piece] if until < 0 else until


def normalise(text: str) -> Normal:
    """The normal form of a text, with a map back to it.

    Args:
        text: anything, empty as well.

    Example:
        >>> normalise("ＡＢＣ證件，①").text
        'abc证件,1'
    """
    if text.isascii():
        return Normal(text.lower(), text)
    return _FORMS.normal(text)


def sentences(normal: Normal, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Where the sentences of a normalised text stand in it, in order; blanks around them are left out.

    A sentence ends at a full stop, an exclamation or question mark, a semicolon, a line end or a bullet,
    in either language; the items of a numbered list (1、 2. 3)) are sentences of their own.

    Args:
        normal: the text.
        start, end: only sentences of this part of it, which begins and ends where a sentence does.

    Example:
        >>> normal = normalise("不收押金。1、带身份证2、能出差")
        >>> [normal.text[start:end] for start, end in sentences(normal)]
        ['不收押金', '1、带身份证', '2、能出差']
    """
    text = normal.text
    last = len(text) if end is None else end
    found: list[tuple[int, int]] = []
    for mark in _DELIMITERS.finditer(text, start, last):
        stop, begins = mark.span()
        if mark.group() in _SOMETIMES:
            number = _item_number(text, stop, begins)
            if number is not None:
                stop = begins = number
            elif mark.group() != "." or not _full_stop(text, stop):
                continue
        _append_trimmed(found, text, start, stop)
        start = begins
    _append_trimmed(found, text, start, last)
    return found


def sentences_at(normal: Normal, places: Iterable[int]) -> list[tuple[int, int]]:
    """The sentences of the lines and full-stop sentences in which some places stand; those of `sentences`, but fewer.

    A long text of which a few words matter is thus not split from end to end.

    Args:
        normal: the text.
        places: offsets in code points of the normal form, rising.

    Example:
        >>> normal = normalise("包吃住。不收押金！带身份证。周末双休。")
        >>> [normal.text[start:end] for start, end in sentences_at(normal, [6])]
        ['不收押金', '带身份证']
    """
    text = normal.text
    found: list[tuple[int, int]] = []
    done = 0
    ends = dict.fromkeys(_BREAKS, -1)
    for place in places:
        if place < done:
            continue
        begin = max(done, *(text.rfind(mark, done, place) + 1 for mark in _BREAKS))
        for mark, end in ends.items():
            if end < place:
                ends[mark] = text.find(mark, place)
                if ends[mark] < 0:
                    ends[mark] = len(text)
        done = min(min(ends.values()) + 1, len(text))
        found += sentences(normal, begin, done)
    return found


def _item_number(text: str, at: int, after: int) -> int | None:
    """Where the number of a list's item begins, if the mark at this offset follows one."""
    if at == 0 or text[at - 1] not in _NUMERALS or after >= len(text) or text[after].isdigit():
        return None
    number = _ITEM.search(text, max(0, at - 2), at)
    return None if number is None else number.start()


def _full_stop(text: str, at: int) -> bool:
    """Whether the point at this offset ends a sentence: not in 3.5 or example.com, not after e.g."""
    after = text[at + 1 : at + 2]
    return (not after or after.isspace()) and _ABBREVIATION.search(text, max(0, at - _LONGEST_ABBREVIATION), at) is None


def _append_trimmed(found: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    kept = piece.strip()
    if len(kept) == end - start:
        if kept:
            found.append((start, end))
    elif kept:
        start += len(piece) - len(piece.lstrip())
        found.append((start, start + len(kept)))


class _Forms:
    """The forms of the characters met so far; each character is worked out once."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._table: dict[int, str] = {}  # one character becomes one other
        self._regular: set[str] = set()  # what becomes exactly one character, itself or another
        self._irregular: dict[str, str] = {}  # what becomes none, or several
        self._marks: set[str] = set()  # what joins the character before it
        self._units: re.Pattern[str] | None = None

    def normal(self, text: str) -> Normal:
        if _STRANGE.search(text) is None:
            return Normal(self._replaced(text), text)
        letters = set(text)
        if not letters <= self._known:
            self._learn(letters - self._known)
        translated = text.translate(self._table)
        if letters <= self._regular:
            return Normal(translated, text)
        return self._pieced(text, translated)

    @staticmethod
    def _replaced(text: str) -> str:
        """Far fewer letters change than stay, so this is twice as fast as a look at each."""
        form = text
        for letter in set(_CHANGING.findall(text)):
            form = form.replace(letter, _FORM_OF[letter])
        return form

    def _learn(self, letters: set[str]) -> None:
        for letter in letters:
            if unicodedata.combining(letter) or letter in _HALFWIDTH_MARKS:
                self._marks.add(letter)
                continue
            form = _form(letter)
            if len(form) != 1:
                self._irregular[letter] = form
                continue
            self._regular.add(letter)
            if form != letter:
                self._table[ord(letter)] = form
        if not letters <= self._regular:
            self._units = self._pattern()
        self._known |= letters

    def _pattern(self) -> re.Pattern[str]:
        marks, odd = re.escape("".join(self._marks)), re.escape("".join(self._irregular))
        units = ([rf"[^{marks}]?[{marks}]+"] if marks else []) + ([f"[{odd}]"] if odd else [])
        return re.compile("|".join(units), re.DOTALL)

    def _pieced(self, text: str, translated: str) -> Normal:
        """`translated` is right, and as long as `text`, wherever no irregular unit stands."""
        out: list[str] = []
        begins: list[int] = []
        sources: list[int] = []
        until: list[int] = []
        length = at = 0
        assert self._units is not None  # a letter outside _regular made it
        for unit in self._units.finditer(text):
            start, end = unit.span()
            if start > at:
                out.append(translated[at:start])
                begins.append(length)
                sources.append(at)
                until.append(-1)
                length += start - at
            form = self._irregular.get(unit.group())
            if form is None:
                form = _form(unit.group())
            if form:
                out.append(form)
                begins.append(length)
                sources.append(start)
                until.append(end)
                length += len(form)
            at = end
        if at < len(text):
            out.append(translated[at:])
            begins.append(length)
            sources.append(at)
            until.append(-1)
        return Normal("".join(out), text, tuple(begins), tuple(sources), tuple(until))


def _form(unit: str) -> str:
    """The normal form of one character, or of one character with the marks that join it."""
    composed = unicodedata.normalize("NFKC", "".join(_LETTERS.get(letter, letter) for letter in unit))
    simple = "".join(_LETTERS.get(letter, letter) for letter in composed).lower()
    return "".join(letter for letter in simple if not _unseen(letter))


def _unseen(letter: str) -> bool:
    """Zero-width and direction marks, variation selectors, the box around a keycap."""
    return unicodedata.category(letter) in ("Cf", "Me") or "\ufe00" <= letter <= "\ufe0f" or letter == "\U000e0100"


_FORM_OF = {letter: _form(letter) for letter in _CHANGING.findall("".join(map(chr, range(0x10000))))}
_FORMS = _Forms()
