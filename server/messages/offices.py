"""Words that actions put together: offices, texts to telephones, values of decisions, words of demonstrations."""

from __future__ import annotations

CODE_TEXT = "【一件事】验证码 {code}，{minutes} 分钟内有效。请勿告诉他人。"
