"""The whole pane as a picture: drawn by the same code as on screen, without chips and bars."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator

from inspector.desktop.theme import color

PNG_SCALE = 2.0

Draw = Callable[[QPainter], None]


def write_png(path: Path, size: QSize, draw: Draw) -> None:
    """Write a PNG at twice the size on screen. Raises OSError if it cannot be written."""
    image = QImage(size * PNG_SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(PNG_SCALE)
    image.fill(color("window"))
    painter = QPainter(image)
    draw(painter)
    painter.end()
    writer = QImageWriter(str(path), QByteArray(b"PNG"))
    if not writer.write(image):
        raise OSError(f"{path} could not be written: {writer.errorString()}")


def write_svg(path: Path, size: QSize, draw: Draw, title: str = "Session timeline") -> None:
    """Write an SVG of the size on screen. Raises OSError if it cannot be written."""
    path.open("wb").close()  # Qt would only print a warning
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setSize(size)
    generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
    generator.setTitle(title)
    painter = QPainter()
    if not painter.begin(generator):
        raise OSError(f"{path} could not be written")
    painter.fillRect(QRectF(0, 0, size.width(), size.height()), color("window"))
    draw(painter)
    painter.end()
