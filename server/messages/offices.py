"""Words that actions put together: texts to telephones, remedies, values of decisions, words of demonstrations."""

from __future__ import annotations

CODE_TEXT = "【一件事】验证码 {code}，{minutes} 分钟内有效。请勿告诉他人。"

#: Whom to ask about a result that is not what was applied for.
REMEDY = "对结果有疑问，可以到受理窗口询问，或拨打 {phone}。"
REMEDY_WITHOUT_PHONE = "对结果有疑问，可以到受理窗口询问。"

YES = "是"
NO = "否"
NOT_ANSWERED = "未填写"

#: A request to another system whose reply is awaited.
AWAITED = {
    "waiting": "{title}：正在发送",
    "accepted": "{title}：已发出，等待答复",
    "given_up": "{title}：发送失败，请人工处理",
}
