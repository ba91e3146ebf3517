"""The one style sheet of the window, written from a theme's tokens and the text size."""

from string import Template

from inspector import resources
from inspector.desktop.theme import Theme

_QSS = Template("""
* { outline: none; }
QMainWindow, QDialog { background: $panel; color: $text; }
QDialog { border: 1px solid $border; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: ${p4}px; }
QMainWindow::separator { background: $border; width: 1px; height: 1px; }
QSplitter::handle { background: $border; }
QDockWidget { color: $text; }
QScrollArea, QScrollArea > QWidget > QWidget { background: $panel; border: none; }
QToolBar { background: $panel; border: none; border-bottom: 1px solid $border; padding: ${p6}px ${p8}px;
  spacing: ${p6}px; }
QToolBar::separator { background: $border; width: 1px; margin: ${p4}px ${p4}px; }
QMenuBar { background: $panel; color: $text; border-bottom: 1px solid $border; }
QMenuBar::item { padding: ${p4}px ${p8}px; background: transparent; }
QMenuBar::item:selected { background: $raised; }
QMenu { background: $raised; color: $text; border: 1px solid $border; padding: ${p4}px; }
QMenu::item { padding: ${p5}px ${p24}px ${p5}px ${p24}px; border-radius: 4px; }
QMenu::item:selected { background: $accent; color: $on_accent; }
QMenu::item:disabled { color: $muted; background: transparent; }
QMenu::separator { height: 1px; background: $border; margin: ${p4}px; }
QStatusBar { background: $panel; color: $muted; border-top: 1px solid $border; }
QStatusBar QLabel { color: $muted; padding: ${p3}px ${p6}px; }
QStatusBar::item { border: none; }

QPushButton, QToolButton {
  background: $raised; color: $text; border: 1px solid $border; border-radius: 6px;
  padding: ${p5}px ${p10}px; }
QPushButton:hover, QToolButton:hover { border-color: $accent; }
QPushButton:pressed, QToolButton:pressed { background: $border; }
QPushButton:focus, QToolButton:focus { border-color: $accent; }
QPushButton:checked, QToolButton:checked { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton:disabled, QToolButton:disabled { background: $panel; color: $muted; border-color: $raised; }
QPushButton[danger="true"]:enabled { color: $error; }
QPushButton[link="true"] {
  background: transparent; border: 1px solid transparent; color: $accent;
  padding: ${p2}px ${p3}px; text-align: left; }
QPushButton[link="true"]:hover, QPushButton[link="true"]:focus { border-color: $accent; }
QPushButton[link="true"]:disabled { color: $muted; }
QToolButton::menu-indicator { image: none; width: 0px; }

QLineEdit, QPlainTextEdit, QSpinBox, QDoubleSpinBox, QComboBox {
  background: $window; color: $text; border: 1px solid $border; border-radius: 5px;
  padding: ${p4}px ${p6}px; selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit:focus, QPlainTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus {
  border-color: $accent; }
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled { color: $muted; }
QComboBox::drop-down { border: none; background: transparent; width: ${p18}px; }
QComboBox::down-arrow { image: url("$down"); width: ${p12}px; height: ${p12}px; margin-right: ${p6}px; }
QComboBox QAbstractItemView { background: $raised; color: $text; border: 1px solid $border; }
QListView, QListWidget, QTableView, QTableWidget {
  background: $window; color: $text; border: 1px solid $border; border-radius: 5px;
  selection-background-color: $selection; selection-color: $text; }
QListWidget::item { padding: ${p3}px ${p6}px; }
QHeaderView::section { background: $panel; color: $muted; border: none; padding: ${p4}px; }
QTableCornerButton::section { background: $panel; border: none; }

QSlider { min-height: ${p18}px; }
QSlider::groove:horizontal { height: ${groove}px; border-radius: 2px; background: $border; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::sub-page:horizontal:disabled { background: $muted; }
QSlider::handle:horizontal {
  background: $accent; width: ${knob}px; height: ${knob}px; margin: -${knob_out}px 0;
  border-radius: ${knob_r}px; }
QSlider::handle:horizontal:focus { border: 2px solid $text; }
QSlider::handle:horizontal:disabled { background: $muted; }

QTabWidget::pane { border: none; border-top: 1px solid $border; background: $window; }
QTabBar { background: $panel; }
QTabBar::tab { background: transparent; color: $muted; padding: ${p7}px ${p12}px; border: none;
  border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:focus { color: $accent; }

QScrollBar:vertical { background: transparent; width: ${p10}px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: ${p10}px; margin: 0; }
QScrollBar::handle { background: $border; border-radius: 4px; min-height: 24px; min-width: 24px; margin: 1px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QProgressBar { background: $window; border: 1px solid $border; border-radius: 4px; color: $text;
  text-align: center; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }

QLabel { background: transparent; }
QLabel[role="heading"] { color: $muted; font-weight: 600; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="warn"] { color: $warn; }
QLabel[role="error"] { color: $error; }
QFrame[role="card"] { background: $raised; border: 1px solid $border; border-radius: 8px; }
QFrame[role="well"] { background: $window; border: 1px solid $border; border-radius: 6px; }
QFrame[role="banner"] { background: $selection; border: none; border-bottom: 1px solid $accent; }
QFrame[role="banner"][level="error"] { border-bottom: 2px solid $error; }
QFrame[role="banner"][level="warn"] { border-bottom: 2px solid $warn; }
QWidget[role="pane"] { background: $panel; }
QWidget[role="stage"] { background: $window; }
""")


def stylesheet(theme: Theme, percent: int) -> str:
    """Return the style sheet of a theme; paddings grow with the text."""
    values = {name: getattr(theme, name) for name in theme.__struct_fields__ if name != "name"}
    grown = max(100, percent) / 100
    pads = {f"p{px}": str(round(px * grown)) for px in (2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 18, 24)}
    # A radius of more than half the height would make Qt paint a square: all of it is made of one even number.
    knob, groove = 2 * round(7 * grown), 2 * round(2 * grown)
    slider = {"knob": knob, "knob_r": knob // 2, "groove": groove, "knob_out": (knob - groove) // 2}
    values["down"] = resources.path("icons", f"down-{theme.name}.svg").as_posix()
    return _QSS.substitute(values, **pads, **{name: str(px) for name, px in slider.items()})
