"""Why messages between systems were refused or not delivered, for administrators and officials."""

from __future__ import annotations

REFUSED_MESSAGES: dict[str, str] = {
    "signature-missing": "消息没有签名，请由对方系统补上签名后重新发送。",
    "signature-wrong": "消息签名不对，请核对双方系统配置的密钥。",
    "signature-expired": "消息签名时间与本系统相差超过 {minutes} 分钟，请校准双方系统时钟后重新发送。",
    "message-unreadable": "消息内容无法识别，请对方系统按接口说明重新发送。",
    "message-key-differs": "消息编号与签名中的编号不一致，请对方系统使用同一编号。",
}

FAILED_DELIVERIES: dict[str, str] = {
    "bad-address": "接口地址不正确，请检查系统绑定的地址和连接文档中的路径。",
    "unreachable": "连不上对方系统，稍后自动重试。",
    "timed-out": "对方系统没有及时应答，稍后自动重试。",
    "refused": "对方系统认为请求内容有误，未予受理。",
    "unavailable": "对方系统暂时不能受理，稍后自动重试。",
    "reply-too-large": "对方系统的答复过大，未予接收。",
    "reply-missing": "对方系统没有给出答复内容。",
    "reply-untrusted": "对方系统的答复未通过签名或格式检查，未予采用。",
}
