"""Markdown for feedback pages and formgrader that runs nothing: students write it, and instructors open it where their Jupyter listens.

nbgrader's templates pass markup in Markdown on as it is, scripts too. Here it shows as the text that it is, links lead to no scripts, and a
picture that is not there does not stop the page.
"""

from __future__ import annotations

from html import escape
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from .rebuild import pictures

ATTACHMENT = "attachment:"


class Renderer(IPythonRenderer):
    """nbconvert's, with everything escaped."""

    def __init__(self, attachments: dict[str, dict[str, str]]) -> None:
        super().__init__(escape=True, allow_harmful_protocols=False, attachments=attachments)

    def block_mermaidjs(self, code: str) -> str:
        return super().block_mermaidjs(escape(code))

    def _embed_image_or_attachment(self, src: str) -> str:
        if src.startswith(ATTACHMENT) and src.removeprefix(ATTACHMENT) not in self.attachments:
            return src
        return super()._embed_image_or_attachment(src)


@pass_context
def markdown(context: Context, source: str) -> str:
    """The filter that takes the place of nbconvert's `markdown2html`."""
    cell: dict[str, Any] = context.get("cell") or {}
    return str(MarkdownWithMath(renderer=Renderer(pictures(cell.get("attachments")))).render(source))
