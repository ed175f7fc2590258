"""Imports: why one is not stored, and the defects that a file can have."""

from collections.abc import Mapping

from api.sentences.forms import Pair, Sentence
from services.imports import PROBLEM_SENTENCES, SENTENCES

IMPORTS: Mapping[str, Sentence] = {
    "import_refused": Sentence(
        409,
        "导入已被拒绝",
        "The import was refused",
        "有的行有错误，或者文件已超过保存期限；请改正后重新上传。",
        "A row is wrong, or the file was kept for too long; correct it and upload it again.",
    ),
}

IMPORT_DEFECTS: Mapping[str, Pair] = {
    code: Pair(words.zh, words.en) for code, words in {**PROBLEM_SENTENCES, **SENTENCES}.items()
}
