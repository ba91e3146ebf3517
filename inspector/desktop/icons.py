"""Icons: one-colour drawings of ``resources/icons``, drawn in the text colour of the theme in force."""

from PySide6.QtGui import QIcon, QPixmap

from inspector import resources
from inspector.desktop import theme

SIDES = (16, 24, 32, 48)


def icon(name: str, token: str = "text") -> QIcon:
    """Return a drawing in the colour of a token; an empty icon if there is no such file."""
    path = resources.path("icons", f"{name}.svg")
    if not path.is_file():
        return QIcon()
    drawing = path.read_text("utf-8").replace("currentColor", getattr(theme.current(), token))
    made = QIcon()
    for side in SIDES:
        sized = drawing.replace('width="24" height="24"', f'width="{side}" height="{side}"')
        pixmap = QPixmap()
        pixmap.loadFromData(sized.encode(), "SVG")
        made.addPixmap(pixmap)
    return made


def program_icon() -> QIcon:
    """Return the icon of the program, in its own colours."""
    return QIcon(str(resources.path("icons", "session-inspector.svg")))
