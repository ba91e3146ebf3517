"""The whole pane as a picture: drawn by the same code as on screen, without chips and bars."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator

from inspector.desktop.runs import put_whole
from inspector.desktop.theme import color

PNG_SCALE = 2.0

Draw = Callable[[QPainter], None]


def write_png(path: Path, size: QSize, draw: Draw) -> None:
    """Write a PNG at twice the size on screen, whole or not at all. Raises OSError if it cannot be written."""
    put_whole(path, png_of(image_of(size, draw)))


def write_svg(path: Path, size: QSize, draw: Draw, title: str = "Session timeline") -> None:
    """Write an SVG of the size on screen, whole or not at all. Raises OSError if it cannot be written."""
    put_whole(path, svg_of(size, draw, title))


def image_of(size: QSize, draw: Draw) -> QImage:
    """Return the picture at twice the size on screen."""
    image = QImage(size * PNG_SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(PNG_SCALE)
    image.fill(color("window"))
    painter = QPainter(image)
    draw(painter)
    painter.end()
    return image


def png_of(image: QImage) -> bytes:
    """Return a picture as PNG. In memory: of a file Qt could not say why it cannot be written."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not QImageWriter(buffer, QByteArray(b"PNG")).write(image):
        raise MemoryError
    return bytes(buffer.data().data())


def svg_of(size: QSize, draw: Draw, title: str) -> bytes:
    """Return the picture as SVG, of the size on screen."""
    buffer = QBuffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(size)
    generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
    generator.setTitle(title)
    painter = QPainter(generator)
    painter.fillRect(QRectF(0, 0, size.width(), size.height()), color("window"))
    draw(painter)
    painter.end()
    return bytes(buffer.data().data())
