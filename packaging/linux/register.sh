#!/bin/sh
# Puts Session Inspector into this user's applications menu and lets a double click open its journals.
# Usage: sh packaging/linux/register.sh          (after the program is installed in .venv)
#        sh packaging/linux/register.sh --remove
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
share=${XDG_DATA_HOME:-$HOME/.local/share}
desktop=$share/applications/session-inspector.desktop
mime=$share/mime/packages/session-inspector.xml
metainfo=$share/metainfo/session-inspector.metainfo.xml
icon=$share/icons/hicolor/scalable/apps/session-inspector.svg

refresh() {
    if command -v update-mime-database >/dev/null; then update-mime-database "$share/mime"; fi
    if command -v update-desktop-database >/dev/null; then update-desktop-database "$share/applications"; fi
}

if [ "${1:-}" = --remove ]; then
    rm -f "$desktop" "$mime" "$metainfo" "$icon"
    refresh
    echo "Removed from $share"
    exit 0
fi

program=$root/.venv/bin/session-inspector
[ -x "$program" ] || program=$(command -v session-inspector || true)
if [ -z "$program" ]; then
    echo "session-inspector is not installed: run the first command of README.md" >&2
    exit 1
fi
mkdir -p "$share/applications" "$share/mime/packages" "$share/metainfo" "$(dirname "$icon")"
# Exec takes a quoted path; sed's own special characters in it are escaped first.
quoted=$(printf '%s' "$program" | sed 's/[&|\\]/\\&/g')
sed "s|^Exec=session-inspector|Exec=\"$quoted\"|; s|^TryExec=.*|TryExec=$quoted|" \
    "$here/session-inspector.desktop" >"$desktop"
cp "$here/session-inspector.xml" "$mime"
cp "$here/session-inspector.metainfo.xml" "$metainfo"
if [ -f "$root/resources/icons/session-inspector.svg" ]; then
    cp "$root/resources/icons/session-inspector.svg" "$icon"
fi
refresh
echo "Session Inspector is in the applications menu; a double click opens its journals."
