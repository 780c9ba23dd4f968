"""Speaks: a line of JSON in ({"text", "variant", "speed"}), a line of JSON ({"bytes", "rate"}) and 16 bit samples out; to {"phones": text} the
clauses' phones. See asr/voices.py.
"""

import json
import os
import sys

from asr.espeak import RATE, Speaker, Style
from asr.pinyin import readable

PITCH, RANGE = 50, 50


def main() -> None:
    """Until its input ends."""
    # The library writes to standard output when it is unhappy; that is our pipe.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    speaker = Speaker()
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        if "phones" in asked:
            out.write(json.dumps({"phones": speaker.phones(readable(asked["phones"]))}).encode() + b"\n")
            out.flush()
            continue
        sound = speaker.sound(readable(asked["text"]), Style(asked["variant"], asked["speed"], PITCH, RANGE))
        data = sound.astype("<i2").tobytes()
        out.write(json.dumps({"bytes": len(data), "rate": RATE}).encode() + b"\n" + data)
        out.flush()


if __name__ == "__main__":
    main()
