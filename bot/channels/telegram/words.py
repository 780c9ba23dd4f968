"""What the bot says for itself, beside what the dialog says."""

from dialog.actions import wording

COMMANDS = {
    "start": "开始",
    "status": "查工单进度",
    "cancel": "这件事不办了",
    "human": "转人工",
    "help": "怎么用",
}
"""In the order in which Telegram's menu shows them."""

SAID_FOR = {"status": "我的工单办得怎么样了", "cancel": "不办了", "human": "转人工"}
"""Commands that are words to the dialog."""

HELP = (
    "有事直接说就行，打字、发语音都可以，比如：“小区门口的路灯坏了三天了”。\n"
    "照片、PDF可以当证据发来。\n"
    "/status 查进度　/cancel 不办了　/human 转人工\n"
    "危急情况请直接打：火警119，急救120，报警110，交通事故122。"
)
UNKNOWN_COMMAND = "没有这个命令。有事直接说就行，或者点 /help 看看怎么用。"
HEARD = "我听到的是：“{}”"
PHOTO_KEPT = "收到，会和工单一起交给办理人员。"
TOO_LARGE = "文件太大了，请发{}MB以内的。"
TOO_LARGE_FOR_TELEGRAM = "文件超过20MB，Telegram不让我下载，请发小一点的。"
NOT_EVIDENCE = "这个文件我收不了，请发照片或者PDF。"
TOO_MANY = "一件事最多附{}个文件，已经够了。"
NOT_CLEAN = "这个文件没有通过安全检查，没有收下。"
LOCATION_KEPT = "位置记下了，会和工单一起交给办理人员。"
LOCATION = "位置记下了。为了不弄错，请再用文字说一下：在哪条路、哪个小区？"
CANNOT_READ = "这个我看不懂，请打字或者发语音告诉我。"
DOWNLOAD_FAILED = "文件没下载下来，请再发一次。"
BUSY = wording.BUSY
TROUBLE = "不好意思，我这边卡了一下，您说过的都还在，请再发一次。"
NOT_CHECKED = "现在没法检查文件，请过一会儿再发一次。"
STATUS_OF = "工单{}办得怎么样了"
CHOSEN = "（已选：{}）"
