"""Words of pages that Python chooses: errors, refusals, states and notes."""

from __future__ import annotations

from collections.abc import Iterable

from server.findings import Refused

DATE_FORMAT = "{year}年{month}月{day}日"
MOMENT_FORMAT = "{year}年{month}月{day}日 {time}"

#: Failure code to title and explanation of the error page.
FAILURES: dict[str, tuple[str, str]] = {
    "not-found": ("没有找到这个页面", "网址可能有误，或者这一页已经不存在。请检查网址，或回到首页重新查找。"),
    "method-not-allowed": ("这个操作不能这样进行", "请回到上一页，用页面上的按钮操作。"),
    "forbidden": ("您不能查看这个页面", "这个页面需要用另一个身份登录。如果您认为不应该这样，请联系受理窗口。"),
    "sign-in-first": ("请先登录", "这个页面需要登录后查看。"),
    "signed-out": (
        "您已经退出登录",
        "刚才的内容没有提交。请在新窗口中登录，再回到这里刷新页面，选择重新提交，刚才填写的内容还在。",
    ),
    "session-ended": (
        "登录已过期",
        "为了保护您的信息，长时间没有操作会自动退出。请在新窗口中重新登录，再回到原来的页面点一次按钮，刚才填写的内容还在。",
    ),
    "stale-form": ("页面已过期，没有提交", "这个页面打开得太久，或者您在别处重新登录过。请返回上一页，刷新后再提交一次。"),
    "too-large": ("提交的内容太大", "单个文件不能超过 20 MB。请把照片缩小、或分成几次上传后再试。已经保存的内容都还在。"),
    "too-many-fields": ("提交的内容太多", "提交的项目数超出了表单的范围。请返回上一页，按页面上的项目填写。"),
    "text-too-long": ("填写的文字太长", "有一项文字远远超出了可以填写的长度。请返回上一页缩短后再试。"),
    "malformed": ("提交的内容不完整", "网络可能中断了。请返回上一页再提交一次，已经保存的内容都还在。"),
    "unknown-media-type": ("提交的内容无法识别", "请返回上一页，用页面上的按钮提交。"),
    "bad-request": ("提交的内容无法识别", "请返回上一页，用页面上的按钮再试一次。"),
    "print-busy": ("现在打印的人较多", "请过一会儿再下载一次。您的申请不受影响。"),
    "print-no-font": (
        "暂时不能打印",
        "这台服务器没有安装中文字体，打印出来会缺字。请联系管理员安装 fonts-noto-cjk。您的申请不受影响。",
    ),
    "unexpected": (
        "系统出了一点问题",
        "这不是您的错，已经保存的内容都还在。请稍后再试；如果还是不行，请把下面的编号告诉工作人员。",
    ),
}

#: Refusal code to what the person is told.
REFUSALS: dict[str, str] = {
    "phone-form": "请输入 11 位手机号码，例如 13800000000",
    "too-many-codes": "获取验证码太频繁，请 {seconds} 秒后再试",
    "code-form": "请输入短信中的 6 位数字验证码",
    "code-wrong": "验证码不正确，还可以试 {left} 次",
    "code-expired": "验证码已过期，请重新获取",
    "too-many-attempts": "输错次数太多，请 {minutes} 分钟后重新获取验证码",
    "stale": "这份申请刚刚在别处修改过，请核对最新内容后再提交",
    "release-changed": "您申请的地方刚刚更新了办理要求，所以还没有提交。填写的内容都还在；请核对有变化的地方后再提交",
    "already-submitted": "这份申请已经提交过，不能再修改",
    "intake-closed": (
        "您选择的“{items}”目前在您申请的地方没有开放受理，所以没有提交。填写的内容都还在；请改选其他事项，或联系当地受理窗口"
    ),
    "too-many-files": "文件太多，请先删除不需要的文件再上传",
    "unknown-draft": "没有找到这份申请，可能已经提交或删除",
    "nothing-asked": "现在没有需要补正的内容",
    "too-late": "这件事已经办到最后一步，不能撤回了。如有疑问请联系受理窗口",
    "already-ended": "这件事已经办结，不用再撤回",
    "nothing-chosen": "请至少选择一个要申请的事项",
    "busy": "现在办理的人较多，刚才没有成功，请再试一次",
    "unknown-application": "没有找到这份申请，请核对办件编号",
    "unknown-case": "没有找到这个办件，或者您不能查看",
    "unknown-file": "没有找到这个文件，或者您不能查看",
    "unknown-service": "没有找到这项服务，或者您不能管理",
    "unknown-example": "没有找到这份样例",
    "clock-fixed": "只有演示环境可以拨快时钟，一次最多一年",
    "sign-in-wrong": "用户名或密码不正确，请核对后重新输入",
    "too-many-sign-ins": "输错次数太多，为了安全已暂停登录，请 {minutes} 分钟后再试",
    "unknown-account": "没有用户名为 {login} 的账号",
    "stale-working": "另一位管理员刚刚改过，刚才没有保存，请核对最新内容后再试",
    "working-outdated": "您开始修改之后，别人已经发布了新版本。请先导出您的修改，放弃工作副本，再在新版本上修改",
    "unknown-region": "{region} 不在这项服务的区划表里，请核对区划代码",
    "base-elsewhere": "这项服务属于 {region}，不能改为别的地区。请把服务基本信息里的地区改回来",
    "foreign-document": "{path} 不属于这项服务，不能在这里修改",
    "login-taken": "用户名 {login} 已经有人使用，请换一个",
    "password-length": "密码应为 {least} 至 {most} 个字符，请换一个",
    "not-expected": "这件事已经往下办理，不再需要这项内容",
    "unknown-source": "找不到 {name}。请核对文件夹、版本号或服务的名称",
    "no-such-conflict": "{path} 没有冲突，不用选择。请去掉这一项后再试",
    "undecided": "还有 {count} 处冲突没有选择，例如 {path}。请逐处选择保留或替换",
    "no-font": "服务器没有安装中文字体，暂时不能打印。请联系管理员安装后再试",
    "no-result": "这件事还没有结果，办结后才能打印告知书",
}
_MOST_NAMED = 8
_AND_MORE = "{listed}等 {count} 项"
_REFUSED = "现在不能进行这个操作，请稍后再试或联系受理窗口"

#: Why an uploaded file is not taken.
UPLOAD_FAULTS: dict[str, str] = {
    "file-again": "“{name}”还没有上传，请重新选择",
    "no-file": "请先选择要上传的文件",
    "empty-file": "“{name}”是空文件，请重新选择",
    "file-too-large": "“{name}”有 {megabytes} MB，超过了 20 MB。请压缩或重新拍照后再上传",
    "file-type": "“{name}”不是可以上传的文件。请上传照片（JPEG、PNG、WebP、HEIC）或 PDF",
    "photo-type": "“{name}”不是照片。请上传 JPEG、PNG 或 WebP 格式的照片",
    "file-damaged": "“{name}”打不开，可能已损坏。请重新拍照或扫描后再上传",
    "body-too-large": "一次上传的文件太大，没有收到。单个文件不能超过 20 MB，请分几次上传",
    "too-many-files": "一种材料最多上传 {limit} 个文件，请删除不需要的再上传",
}

#: State of an entry of the task list: words and tone of its tag.
STATES: dict[str, tuple[str, str]] = {
    "empty": ("未开始", "plain"),
    "begun": ("进行中", "info"),
    "done": ("已完成", "good"),
    "faulty": ("需修改", "bad"),
    "optional": ("选填", "plain"),
    "blocked": ("暂不能开始", "plain"),
}

#: State of a case: words and tone of its tag.
CASE_STATES: dict[str, tuple[str, str]] = {
    "running": ("办理中", "info"),
    "asked": ("待补正", "warn"),
    "ended": ("已办结", "plain"),
    "withdrawn": ("已撤回", "plain"),
}

NOTES: dict[str, str] = {
    "saved": "已保存，可以随时回来继续填写。",
    "deleted": "草稿已删除。",
    "withdrawn": "已撤回。",
    "supplement-sent": "补正已提交，我们会继续办理。",
    "signed-out": "您已安全退出。",
    "kept": "登录刚才过期了，您填写的内容已经保存。重新登录后可以接着填写。",
    "page-conflict": (
        "这一页刚刚在别处（另一个窗口或设备）改过。下面是您刚填写的内容，还没有保存；核对后再点一次保存，就以这里的内容为准。"
    ),
    "page-stale": "页面打开得太久，刚才没有保存。您填写的内容都在下面，请再点一次保存。",
    "changed-since-check": "您打开这一页之后，申请内容又有修改。请核对下面的最新内容后再提交。",
}

MATERIALS_TITLE = "上传材料"
CHECK_TITLE = "检查并提交"
UNFINISHED_PAGE = "“{page}”还没有填完"
PROBLEM_OF_PAGE = "{page}：{problem}"
CONTINUE_LABEL = "保存并继续"
SUPPLEMENT_LABEL = "提交补正"
BACK_TO_CHECK = "保存并返回检查"


def enumeration(titles: Iterable[str]) -> str:
    """Titles one after another, as a sentence lists them; the first of very many."""
    listed = tuple(titles)
    words = "、".join(listed[:_MOST_NAMED])
    return words if len(listed) <= _MOST_NAMED else _AND_MORE.format(listed=words, count=len(listed))


def refusal_text(refused: Refused) -> str:
    """What a refused person is told."""
    template = REFUSALS.get(refused.reason, _REFUSED)
    try:
        return template.format_map(refused.params)
    except KeyError:
        return _REFUSED


def upload_text(code: str, **params: str | int) -> str:
    """Why an uploaded file is not taken, in words."""
    return UPLOAD_FAULTS[code].format_map(params)
