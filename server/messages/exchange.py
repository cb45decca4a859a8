"""Texts about bundles that arrive, and about what other formats can and cannot carry."""

from __future__ import annotations

EXCHANGE_FINDINGS: dict[str, str] = {
    "archive-damaged": "压缩包已损坏，或不是 zip 文件。请重新导出后再传。",
    "archive-too-large": "压缩包超过 {limit} 字节，没有读取。请只导出需要的服务。",
    "archive-too-many": "压缩包里的文件超过 {limit} 个，没有读取。请只导出需要的服务。",
    "archive-unpacks-too-large": "文件解开后超过 {limit} 字节，没有读取。请只导出需要的服务。",
    "archive-ratio": "这个文件压缩了 {limit} 倍以上，可能是压缩炸弹，没有读取。请检查压缩包的来源。",
    "archive-path": "文件名会写到文件夹之外，或在别的系统上有另外的含义，没有读取。请检查压缩包的来源。",
    "archive-link": "这是链接或特殊文件，没有读取。请换成普通文件。",
    "archive-name-twice": "文件名出现两次，或只有大小写不同。请只保留一个。",
    "archive-name-not-utf-8": "文件名不是 UTF-8 编码，没有读取。请用本系统导出，或改用英文文件名。",
    "archive-encrypted": "文件加了密码，无法读取。请去掉密码后重新压缩。",
    "archive-method": "压缩方法不受支持，没有读取。请用普通的 zip 压缩。",
    "archive-in-archive": "压缩包里还有压缩包，没有读取。请解开后再压缩。",
    "archive-strange-file": "这不是配置文档，配置包里不应有它。请删除后重新压缩，或重新导出。",
    "workbook-damaged": "不是能够读取的 XLSX 工作簿。请用表格软件另存为 .xlsx 后再传。",
    "bundle-damaged": "内容与清单不一致，可能在传送中损坏或被改动，没有导入。请重新导出后再传。",
    "bundle-document-missing": "清单里有这份文档，配置包里却没有，没有导入。请重新导出后再传。",
    "bundle-document-unlisted": "清单里没有这份文档，没有导入。请重新导出；手工修改的文件夹请先删去清单和签名。",
    "bundle-manifest-differs": "清单的说明与文档不符，没有导入。请重新导出后再传。",
    "bundle-signature-wrong": "签名不对，配置包被改动过，没有导入。请向发送方重新索取。",
    "bundle-without-base": "这里还没有这项服务，不能只导入地方配置。请先导入上级的配置。",
}
