"""The field a filter is typed into: instant, with completions, a history, and errors shown where they are."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

from PySide6.QtCore import QEvent, QStringListModel, Qt, Signal
from PySide6.QtGui import QColor, QInputMethodEvent, QKeyEvent, QTextCharFormat
from PySide6.QtWidgets import (
    QApplication,
    QCompleter,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QVBoxLayout,
    QWidget,
)

from inspector.desktop import theme
from inspector.desktop.log.rows import Array
from inspector.views.query import QueryError, Suggestion, suggest

HISTORY = 50
MAX_TYPED = 2000
PLACEHOLDER = 'Filter:  level:warn  session:2  kind:timer  -kit  "two words"  /regex/'
HELP = (
    "Terms must all hold, | separates alternatives, - before a term excludes it.\n"
    "level:warn and worse, level:=warn exactly, kind:timer,event, session:2, session:none,\n"
    'is:rejected, after:01:00, before:2m, #31, cause:31, word, "two words", /regex/.\n'
    "Up and Down recall earlier filters, Esc clears."
)


class Filter(Protocol):
    """What a filter is made into, whatever rows it is for."""

    text: str

    @property
    def matches_all(self) -> bool:
        """Return whether every row matches."""
        ...

    def rows(self, columns: Any, first: int = 0, end: int | None = None, /) -> Array:
        """Return the rows of first…end that match, ascending."""
        ...


FilterMaker = Callable[[str], Filter]
Suggest = Callable[[str, int], list[Suggestion]]


class FilterField(QLineEdit):
    """A line of text that tells Up, Down, Esc and Enter, and underlines what cannot be read."""

    recalled = Signal(int)
    cleared = Signal()
    kept = Signal()

    def __init__(self, parent: QWidget, suggestions: Suggest | None) -> None:
        super().__init__(parent)
        self.setMaxLength(MAX_TYPED)
        self.setClearButtonEnabled(True)
        self._suggestions = suggestions
        self._offered: list[Suggestion] = []
        self._model = QStringListModel(self)
        self._completer = QCompleter(self._model, self)
        self._popup = QListView(self)
        self._popup.setAccessibleName("Completions")
        self._completer.setPopup(self._popup)
        self._completer.setWidget(self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.activated.connect(self._complete)
        self.textEdited.connect(self._offer)

    def underline(self, start: int, end: int) -> None:
        """Underline the characters from ``start`` to ``end``; none if they are equal."""
        attributes = []
        if end > start:
            wavy = QTextCharFormat()
            wavy.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            wavy.setUnderlineColor(QColor(theme.current().error))
            wavy.setForeground(QColor(theme.current().error))
            # QLineEdit has no formats of its own; an input method's are drawn, relative to the cursor.
            kind = QInputMethodEvent.AttributeType.TextFormat
            start_at = start - self.cursorPosition()
            attributes.append(QInputMethodEvent.Attribute(kind, start_at, end - start, wavy))
        QApplication.sendEvent(self, QInputMethodEvent("", attributes))

    def offered(self) -> list[str]:
        """Return the completions that the popup shows; none while it is hidden."""
        return [one.text for one in self._offered] if self._popup.isVisible() else []

    def _offer(self) -> None:
        text, at = self.text(), self.cursorPosition()
        word_begun = at > 0 and not text[at - 1].isspace()
        self._offered = self._suggestions(text, at) if self._suggestions and word_begun else []
        if not self._offered or not self.isVisible():
            self._popup.hide()
            return
        self._model.setStringList([one.text for one in self._offered])
        box = self.cursorRect()
        box.setWidth(self._popup.sizeHintForColumn(0) + self._popup.verticalScrollBar().sizeHint().width() + 24)
        self._completer.complete(box)

    def _complete(self, chosen: str) -> None:
        for one in self._offered:
            if one.text == chosen:
                text = self.text()
                space = "" if chosen.endswith(":") or text[one.end : one.end + 1] == " " else " "
                self.setText(text[: one.start] + chosen + space + text[one.end :])
                self.setCursorPosition(one.start + len(chosen) + len(space))
                self.textEdited.emit(self.text())
                return

    def event(self, event: QEvent) -> bool:
        """Keep Esc for this field: for the window it is a command."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Recall, clear and keep by keyboard; all else edits."""
        key = event.key()
        if self._popup.isVisible() and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
            index = self._popup.currentIndex()
            self._popup.hide()
            if index.isValid():
                self._complete(str(index.data()))
                return
        if key == Qt.Key.Key_Tab:
            event.ignore()
        elif key == Qt.Key.Key_Escape and self._popup.isVisible():
            self._popup.hide()
        elif key == Qt.Key.Key_Escape:
            self.cleared.emit()
        elif key == Qt.Key.Key_Up:
            self.recalled.emit(-1)
        elif key == Qt.Key.Key_Down:
            self.recalled.emit(1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.kept.emit()
        else:
            super().keyPressEvent(event)


class FilterBar(QWidget):
    """A filter field with its message below; ``beside`` takes what stands beside the field.

    ``filtered(query)``: the filter is another one now, None for none. ``left()``: the person is done here.
    In a text that cannot be read the fault is underlined and told, with what filters until it is mended.
    """

    filtered = Signal(object)
    left = Signal()

    def __init__(
        self, make: FilterMaker, parent: QWidget | None = None, suggestions: Suggest | None = suggest
    ) -> None:
        """Make a field for the filters that ``make`` makes; it raises QueryError for a text that is none."""
        super().__init__(parent)
        self.query: Filter | None = None
        self._make = make
        self._history: list[str] = []
        self._recall = 0
        self._draft = ""
        self.field = FilterField(self, suggestions)
        self.field.setPlaceholderText(PLACEHOLDER)
        self.field.setToolTip(HELP)
        self.field.setAccessibleName("Filter")
        self.message = QLabel(self)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setWordWrap(True)
        self.message.setProperty("role", "error")
        self.message.hide()
        self.beside = QHBoxLayout()
        self.beside.setSpacing(8)
        self.beside.addWidget(self.field, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(4)
        layout.addLayout(self.beside)
        layout.addWidget(self.message)
        self.field.textChanged.connect(self._typed)
        self.field.recalled.connect(self._recalled)
        self.field.cleared.connect(self._escape)
        self.field.kept.connect(self._keep)

    def text(self) -> str:
        """Return what is typed."""
        return self.field.text()

    def set_text(self, text: str) -> None:
        """Filter by a text as if it had been typed."""
        self._remember()
        self.field.setText(text)

    def add_term(self, term: str) -> None:
        """Narrow the filter by one more term."""
        text = self.text().strip()
        if term not in text.split():
            self.set_text(f"{text} {term}".strip())

    def _typed(self, text: str) -> None:
        try:
            query = self._make(text)
        except QueryError as error:
            self._take(self._until_then(text, error))
            self._tell(error.message, error.start, max(error.end, error.start + 1))
            return
        self._tell("", 0, 0)
        self._take(query)

    def _until_then(self, text: str, error: QueryError) -> Filter | None:
        """Return what filters while a text cannot be read.

        That is what stands before a last term which is not yet typed to its end; with a fault in the middle of
        the text it is the last filter that could be read.
        """
        if error.end >= len(text.rstrip()):
            begin = max(0, text.rfind(" ", 0, error.start + 1))
            with suppress(QueryError):
                return self._make(text[:begin].rstrip(" |-"))
        return self.query

    def _take(self, query: Filter | None) -> None:
        if query is None:
            return
        new = None if query.matches_all else query
        if (new.text if new else "") != (self.query.text if self.query else ""):
            self.query = new
            self.filtered.emit(new)

    def _tell(self, text: str, start: int, end: int) -> None:
        if text:
            sentence = text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")
            until = f" Until then «{self.query.text[:60]}» filters." if self.query else ""
            text = f"⚠ Character {start + 1}: {sentence}{until}"
        self.message.setText(text)
        self.message.setVisible(bool(text))
        self.field.setAccessibleDescription(text)
        length = len(self.text())
        self.field.underline(min(start, max(0, length - 1)), min(end, length))

    def _remember(self) -> None:
        text = self.text().strip()
        if text and (not self._history or self._history[-1] != text):
            self._history = [*self._history, text][-HISTORY:]
        self._recall = len(self._history)

    def _recalled(self, by: int) -> None:
        if self._recall >= len(self._history):
            self._draft = self.text()
            if self._history and self._history[-1] == self._draft.strip():
                self._recall = len(self._history) - 1
        self._recall = min(max(0, self._recall + by), len(self._history))
        draft = self._recall == len(self._history)
        if self._history:
            self.field.setText(self._draft if draft else self._history[self._recall])

    def _escape(self) -> None:
        if self.text():
            self._remember()
            self.field.clear()
        else:
            self.left.emit()

    def _keep(self) -> None:
        self._remember()
        self.left.emit()
