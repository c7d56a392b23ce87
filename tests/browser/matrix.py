"""In which languages, schemes and widths is every screen looked at?"""

from django.conf import settings

# Those that are whole; the rest are switched on by an office after review.
LANGUAGES = list(settings.WHOLE_LANGUAGES)
SCHEMES = ["light", "dark"]
WIDTHS = [390, 1280]
