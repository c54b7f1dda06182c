"""The handful of :emoji: names the page draws; any other stays as typed."""

from __future__ import annotations

import re

from markupsafe import Markup

EMOJI = {
    "white_check_mark": "✅",
    "heavy_check_mark": "✔️",
    "ballot_box_with_check": "☑️",
    "x": "❌",
    "no_entry": "⛔",
    "no_entry_sign": "🚫",
    "octagonal_sign": "🛑",
    "warning": "⚠️",
    "rotating_light": "🚨",
    "exclamation": "❗",
    "question": "❓",
    "grey_question": "❔",
    "information_source": "ℹ️",
    "hourglass": "⌛",
    "hourglass_flowing_sand": "⏳",
    "alarm_clock": "⏰",
    "stopwatch": "⏱️",
    "calendar": "📅",
    "spiral_calendar_pad": "🗓️",
    "date": "📅",
    "bell": "🔔",
    "no_bell": "🔕",
    "speech_balloon": "💬",
    "left_speech_bubble": "🗨️",
    "memo": "📝",
    "pencil": "✏️",
    "pencil2": "✏️",
    "page_facing_up": "📄",
    "scroll": "📜",
    "bookmark_tabs": "📑",
    "books": "📚",
    "clipboard": "📋",
    "paperclip": "📎",
    "link": "🔗",
    "lock": "🔒",
    "unlock": "🔓",
    "key": "🔑",
    "mag": "🔍",
    "scales": "⚖️",
    "classical_building": "🏛️",
    "clapper": "🎬",
    "movie_camera": "🎥",
    "film_frames": "🎞️",
    "art": "🎨",
    "performing_arts": "🎭",
    "robot_face": "🤖",
    "sparkles": "✨",
    "tada": "🎉",
    "wave": "👋",
    "eyes": "👀",
    "thumbsup": "👍",
    "+1": "👍",
    "thumbsdown": "👎",
    "-1": "👎",
    "raised_hand": "✋",
    "raising_hand": "🙋",
    "pray": "🙏",
    "point_right": "👉",
    "point_up": "☝️",
    "handshake": "🤝",
    "bust_in_silhouette": "👤",
    "busts_in_silhouette": "👥",
    "fast_forward": "⏩",
    "arrow_right": "➡️",
    "arrow_up": "⬆️",
    "arrow_upper_right": "↗️",
    "arrows_counterclockwise": "🔄",
    "leftwards_arrow_with_hook": "↩️",
    "rewind": "⏪",
    "double_vertical_bar": "⏸️",
    "package": "📦",
    "file_folder": "📁",
    "bar_chart": "📊",
    "chart_with_upwards_trend": "📈",
    "bulb": "💡",
    "fire": "🔥",
    "star": "⭐",
    "red_circle": "🔴",
    "large_orange_circle": "🟠",
    "orange_circle": "🟠",
    "large_yellow_circle": "🟡",
    "yellow_circle": "🟡",
    "large_green_circle": "🟢",
    "green_circle": "🟢",
    "large_blue_circle": "🔵",
    "blue_circle": "🔵",
    "white_circle": "⚪",
    "black_circle": "⚫",
    "new": "🆕",
    "sos": "🆘",
    "stop_sign": "🛑",
    "inbox_tray": "📥",
    "outbox_tray": "📤",
    "wastebasket": "🗑️",
    "gear": "⚙️",
    "crystal_ball": "🔮",
}
# The signs that matter most are drawn by the page itself: a machine without an emoji font shows them too.
_TICK = '<path d="M7.6 12.4l3 3 6-6.6" fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round"/>'
_GLASS = '<path d="M6 3h12M6 21h12M7.5 3v3.5L12 12l4.5-5.5V3M7.5 21v-3.5L12 12l4.5 5.5V21" fill="none" '
_DOT = '<circle cx="12" cy="12" r="9" fill="{}"/>'
SHAPES = {
    "white_check_mark": '<rect x="2" y="2" width="20" height="20" rx="5" fill="#2e8b57"/>' + _TICK,
    "heavy_check_mark": '<path d="M4 13l5.5 5.5L20 6" fill="none" stroke="#2e8b57" stroke-width="3.2"/>',
    "x": '<path d="M5 5l14 14M19 5L5 19" stroke="#cf3f36" stroke-width="3.6" stroke-linecap="round"/>',
    "no_entry": _DOT.format("#cf3f36")
    + '<rect x="6.5" y="10.4" width="11" height="3.2" rx="1" fill="#fff"/>',
    "no_entry_sign": '<circle cx="12" cy="12" r="8.4" fill="none" stroke="#cf3f36" stroke-width="2.8"/>'
    '<path d="M6 6l12 12" stroke="#cf3f36" stroke-width="2.8"/>',
    "hourglass": _GLASS + 'stroke="currentColor" stroke-width="1.8"/>',
    "hourglass_flowing_sand": _GLASS + 'stroke="currentColor" stroke-width="1.8"/>'
    '<path d="M9 19.5h6L12 15z" fill="#d08a1d"/>',
    "warning": '<path d="M12 3L22.5 21h-21z" fill="#e0a100"/><path d="M12 9v6M12 17.4v1.6" stroke="#1c1f1e" '
    'stroke-width="2.2"/>',
    "bell": '<path d="M5 17h14l-2-3V10a5 5 0 00-10 0v4zM10 19a2 2 0 004 0" fill="#d08a1d"/>',
    "memo": '<path d="M5 3h10l4 4v14H5z" fill="none" stroke="currentColor" stroke-width="1.8"/>'
    '<path d="M8 11h8M8 15h8" stroke="currentColor" stroke-width="1.8"/>',
    "lock": '<path d="M8 11V8a4 4 0 018 0v3" fill="none" stroke="currentColor" stroke-width="2"/>'
    '<rect x="5" y="11" width="14" height="10" rx="2" fill="currentColor"/>',
    "house": '<path d="M3.5 11.5L12 4l8.5 7.5M6 10v10h12V10" fill="none" stroke="currentColor" '
    'stroke-width="2" stroke-linejoin="round"/>',
    "red_circle": _DOT.format("#cf3f36"),
    "large_orange_circle": _DOT.format("#e07b1f"),
    "large_yellow_circle": _DOT.format("#e0b400"),
    "large_green_circle": _DOT.format("#2e8b57"),
    "large_blue_circle": _DOT.format("#2f6fb3"),
    "mag": '<circle cx="10" cy="10" r="6" fill="none" stroke="currentColor" stroke-width="2.2"/>'
    '<path d="M14.5 14.5L21 21" stroke="currentColor" stroke-width="2.8" stroke-linecap="round"/>',
    "sparkles": '<path d="M10 3l2 6 6 2-6 2-2 6-2-6-6-2 6-2zM19 14l1 3 3 1-3 1-1 3-1-3-3-1 3-1z" '
    'fill="#e0b400"/>',
    "scissors": '<circle cx="6" cy="6" r="2.6" fill="none" stroke="currentColor" stroke-width="1.8"/>'
    '<circle cx="6" cy="18" r="2.6" fill="none" stroke="currentColor" stroke-width="1.8"/>'
    '<path d="M8 7.5L21 17M8 16.5L21 7" stroke="currentColor" stroke-width="1.8"/>',
    "raised_hand": '<path d="M7 12V6m3.3 5V4m3.3 7V4.5M17 12V7M7 12v3a5 6 0 0010 0v-3z" fill="none" '
    'stroke="#d08a1d" stroke-width="2.2" stroke-linecap="round"/>',
    "rotating_light": '<path d="M6 17v-4a6 6 0 0112 0v4z" fill="#cf3f36"/>'
    '<path d="M4 20h16M12 4V2M4.5 7L3 5.5M19.5 7L21 5.5" stroke="currentColor" stroke-width="2"/>',
    "octagonal_sign": '<path d="M8 2h8l6 6v8l-6 6H8l-6-6V8z" fill="#cf3f36"/>',
    "leftwards_arrow_with_hook": '<path d="M9 6L4 11l5 5M4 11h10a5 5 0 010 9h-3" fill="none" '
    'stroke="currentColor" stroke-width="2"/>',
    "repeat": '<path d="M4 10a6 5 0 016-4h9m-3-3l3 3-3 3M20 14a6 5 0 01-6 4H5m3 3l-3-3 3-3" fill="none" '
    'stroke="currentColor" stroke-width="1.8"/>',
    "calendar": '<path d="M4 5h16v15H4zM4 10h16M8 3v4M16 3v4" fill="none" stroke="currentColor" '
    'stroke-width="1.8"/>',
    "white_circle": '<circle cx="12" cy="12" r="8.4" fill="none" stroke="currentColor" stroke-width="1.8"/>',
}
NAME = re.compile(r":([a-z0-9_+-]+):")


def drawn(name: str) -> Markup:
    """One of the signs the page draws itself."""
    label = name.replace("_", " ")
    return Markup(
        f'<svg class="drawn" viewBox="0 0 24 24" role="img" aria-label="{label}">{SHAPES[name]}</svg>'
    )


def draw(text: str) -> str:
    """Replace the names in text that is HTML already."""

    def sign(match: re.Match[str]) -> str:
        name = match.group(1)
        return str(drawn(name)) if name in SHAPES else EMOJI.get(name, match.group(0))

    return NAME.sub(sign, text)
