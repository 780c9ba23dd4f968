"""When somebody has finished speaking. A yes is complete at once; a pause inside an address or a number is not the end.

The wait adapts to the speaker: whoever pauses long between words is given longer.
"""

import re

USUAL, QUICK, PATIENT = 0.7, 0.3, 1.5
"""Seconds of silence that end an utterance: usually, when it is complete, when it cannot be."""

LONGEST = 2.0
BREATH = 1.3
"""How much longer than the speaker's own longest pause the wait is."""

_WHOLE_ANSWERS = re.compile(
    r"(嗯|啊|哦|那)*(是|是的|对|对的|好|好的|行|可以|没错|没问题|不是|不对|不用|不要|没有|没有了|有|不知道|不清楚|匿名|跳过|取消|确认|提交|"
    r"转人工|继续|再说一遍|第[一二三四五六七八九]个|对提交|谢谢)(啊|呀|吧|了|的|呢)?"
)
_DIGITS = "零〇一幺二三四五六七八九"
_NUMBER = re.compile(rf"[{_DIGITS}]+$")
_COMPLETE = re.compile(rf"[一幺][三四五六七八九][{_DIGITS}]{{9}}|[{_DIGITS}]{{12}}")
"""A mobile number and a ticket's. Eleven digits of any other kind are a ticket's number with one to come."""

_MOST_DIGITS = 12

_SUM = re.compile(r"[零一二两三四五六七八九十百千万](元|块|块钱)(钱)?$")
_UNFINISHED = re.compile(
    r"(在|的|是|和|跟|从|到|把|被|给|就是|那个|这个|然后|因为|所以|但是|还有|而且|如果|比如|大概|一共|叫|住|第|我|我们|他们|嗯|呃|那|要)$"
)
_ADDRESS = re.compile(r"(市|区|县|镇|乡|村|街道|路|街|大街|胡同|里|小区|园|院|家园|号院|号楼|楼|单元|桥|号)$")


class Endpointing:
    """One speaker, one utterance after the other. Fed with what voice activity says."""

    def __init__(self) -> None:
        self.complete: re.Pattern[str] | None = None
        """Words that are a whole answer to what was just asked, where somebody knows: four digits, one of three names."""
        self._silence = 0.0
        self._spoke = False
        self._pauses: list[float] = []

    def step(self, speaking: bool, seconds: float, text: str) -> bool:
        """The next piece of sound, and the words so far; whether the speaker has finished."""
        if speaking:
            if self._spoke and self._silence > 0.15:
                self._pauses = [*self._pauses[-7:], self._silence]
            self._spoke, self._silence = True, 0.0
            return False
        if not self._spoke:
            return False
        self._silence += seconds
        return self._silence >= self.wait(text)

    def again(self) -> None:
        """The next utterance of the same speaker: their pauses are remembered."""
        self._silence, self._spoke = 0.0, False

    def wait(self, text: str) -> float:
        """Seconds of silence after these words that mean the end."""
        if _WHOLE_ANSWERS.fullmatch(text) or (self.complete and self.complete.fullmatch(text)):
            return QUICK
        number = _NUMBER.search(text)
        if number and _COMPLETE.fullmatch(number.group()):
            return QUICK
        if number and 2 <= len(number.group()) < _MOST_DIGITS:
            # In the middle of a phone number people look it up.
            return PATIENT
        if _SUM.search(text):
            return max(QUICK + 0.1, self._own() - 0.2)
        if not text or _UNFINISHED.search(text) or _ADDRESS.search(text):
            return max(PATIENT, self._own())
        return self._own()

    def _own(self) -> float:
        longest = max(self._pauses, default=0.0)
        return min(max(USUAL, BREATH * longest), LONGEST)
